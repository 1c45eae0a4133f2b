/// How a sample of an image is held. A further one is a case here and one of `PixelSamples`; no `switch` over either has a
/// `default`, so the compiler names what has to know it.
public enum SampleFormat: Sendable, CaseIterable {
  /// 0…255.
  case eightBit
  /// 0…65535.
  case sixteenBit
  /// Single precision; 0…1 is the range of a set, which samples may leave.
  case float

  /// Bits a sample.
  public var bitCount: Int {
    switch self {
    case .eightBit: 8
    case .sixteenBit: 16
    case .float: 32
    }
  }

  /// Bytes a sample.
  public var byteCount: Int { bitCount / 8 }
}
