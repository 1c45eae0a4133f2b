import Platform

/// The samples as a codec delivers them: 1 to 4 a pixel, not yet turned upright.
struct StoredSamples {
  let width: Int
  let height: Int
  let channels: Int
  let values: [UInt8]

  /// Takes memory for what `header` says and lets `decode` write every sample, or throw.
  init(
    _ header: ImageHeader, decode: (UnsafeMutablePointer<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    width = header.storedWidth
    height = header.storedHeight
    channels = header.storedChannels
    let count = width * height * channels
    var failure: Failure?
    values = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      do throws(Failure) {
        try decode(base)
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// The samples as an image; for 1 and 3 channels only.
  var image: Image { Image(width: width, height: height, channels: channels, pixels: values) }
}
