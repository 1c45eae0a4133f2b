extension Image: CustomStringConvertible {
  /// Size, channels and depth: `Image 640×480, 3 channels of 8 bits`.
  public var description: String {
    "Image \(width)×\(height), \(channels) \(channels == 1 ? "channel" : "channels") of \(samples.format.bitCount) bits"
  }
}
