extension UnsafeMutablePointer<UInt8> {
  /// Makes `count` samples from here on gray, as pixels are that the data do not reach; a fourth channel is alpha, opaque.
  func fillGray(_ count: Int, channels: Int) {
    update(repeating: 128, count: count)
    guard channels == 4 else { return }
    for alpha in stride(from: 3, to: count, by: 4) { self[alpha] = 255 }
  }
}
