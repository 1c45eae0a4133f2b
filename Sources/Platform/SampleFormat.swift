/// How a sample of an image is held. A further one is a case here and one of `PixelSamples`; no `switch` over either has a
/// `default`, so the compiler names what has to know it.
public enum SampleFormat: Sendable, CaseIterable {
  /// 0…255.
  case eightBit
  /// 0…65535.
  case sixteenBit

  /// Bits a sample.
  public var bitCount: Int {
    switch self {
    case .eightBit: 8
    case .sixteenBit: 16
    }
  }

  /// Bytes a sample.
  public var byteCount: Int { bitCount / 8 }
}
