/// The samples of an image in the depth in which they were stored.
public enum PixelSamples: Sendable, Equatable {
  /// 0…255.
  case eightBit([UInt8])
  /// 0…65535.
  case sixteenBit([UInt16])

  /// Number of samples.
  public var count: Int {
    switch self {
    case .eightBit(let samples): samples.count
    case .sixteenBit(let samples): samples.count
    }
  }

  /// How each of them is held.
  public var format: SampleFormat {
    switch self {
    case .eightBit: .eightBit
    case .sixteenBit: .sixteenBit
    }
  }

  /// Calls `body` with the samples as they lie in memory.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch self {
    case .eightBit(let samples): samples.withUnsafeBytes(body)
    case .sixteenBit(let samples): samples.withUnsafeBytes(body)
    }
  }

  /// The samples as fractions of the greatest.
  public var unitValues: [Float] {
    switch self {
    case .eightBit(let samples): samples.map { Float($0) / 255 }
    case .sixteenBit(let samples): samples.map { Float($0) / 65535 }
    }
  }

  /// The samples in 8 bits: those of 16 are divided by 257 and rounded.
  public var bytes: [UInt8] {
    switch self {
    case .eightBit(let samples): samples
    case .sixteenBit(let samples): samples.map { UInt8((UInt32($0) * 255 + 32895) >> 16) }
    }
  }
}

/// A sample of 8 or 16 bits.
public protocol PixelSample: FixedWidthInteger & UnsignedInteger & Sendable {
  /// Wraps samples of this depth.
  static func wrap(_ samples: [Self]) -> PixelSamples
}

extension UInt8: PixelSample {
  /// Samples of 8 bits.
  public static func wrap(_ samples: [UInt8]) -> PixelSamples { .eightBit(samples) }
}

extension UInt16: PixelSample {
  /// Samples of 16 bits.
  public static func wrap(_ samples: [UInt16]) -> PixelSamples { .sixteenBit(samples) }
}

extension PixelSamples {
  /// What `body` makes of the samples, whatever their depth, as samples of the same depth.
  public func mapped(_ body: some SampleOperation) -> PixelSamples {
    switch self {
    case .eightBit(let samples): .eightBit(body.apply(to: samples))
    case .sixteenBit(let samples): .sixteenBit(body.apply(to: samples))
    }
  }
}

/// An operation on all samples of an image that is written once for both depths.
public protocol SampleOperation {
  /// The new samples.
  func apply<Sample: PixelSample>(to samples: [Sample]) -> [Sample]
}
