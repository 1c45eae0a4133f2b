/// The samples of an image in the depth in which they were stored.
public enum PixelSamples: Sendable, Equatable {
  /// 0…255.
  case eightBit([UInt8])
  /// 0…65535.
  case sixteenBit([UInt16])
  /// Fractions of the range of a set: what is outside of 0…1 is outside of that range.
  case float([Float])

  /// Number of samples.
  public var count: Int {
    switch self {
    case .eightBit(let samples): samples.count
    case .sixteenBit(let samples): samples.count
    case .float(let samples): samples.count
    }
  }

  /// How each of them is held.
  public var format: SampleFormat {
    switch self {
    case .eightBit: .eightBit
    case .sixteenBit: .sixteenBit
    case .float: .float
    }
  }

  /// Calls `body` with the samples as they lie in memory.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch self {
    case .eightBit(let samples): samples.withUnsafeBytes(body)
    case .sixteenBit(let samples): samples.withUnsafeBytes(body)
    case .float(let samples): samples.withUnsafeBytes(body)
    }
  }

  /// The samples as fractions of the greatest.
  public var unitValues: [Float] {
    switch self {
    case .eightBit(let samples): samples.map { Float($0) / 255 }
    case .sixteenBit(let samples): samples.map { Float($0) / 65535 }
    case .float(let samples): samples
    }
  }

  /// The samples in 8 bits: those of 16 are divided by 257, fractions are multiplied by 255, and both are rounded. What is
  /// not a number becomes 0.
  public var bytes: [UInt8] {
    switch self {
    case .eightBit(let samples): samples
    case .sixteenBit(let samples): samples.map { UInt8((UInt32($0) * 255 + 32895) >> 16) }
    // The order of the arguments makes 0 of what is not a number.
    case .float(let samples): samples.map { UInt8(min(max(0, $0), 1) * 255 + 0.5) }
    }
  }
}

/// A sample as an image holds it.
public protocol PixelSample: Comparable, BitwiseCopyable, Sendable {
  /// How it is held.
  static var format: SampleFormat { get }
  /// Wraps samples of this kind.
  static func wrap(_ samples: [Self]) -> PixelSamples
  /// The sample as a number.
  var number: Float { get }
  /// The sample nearest to a number of a size that samples can hold.
  init(nearestTo number: Float)
}

/// A sample of 8 or 16 bits.
public protocol IntegerSample: PixelSample, FixedWidthInteger, UnsignedInteger {}

extension IntegerSample {
  /// The sample as a number.
  @inlinable public var number: Float { Float(self) }
  /// The sample nearest to a number.
  @inlinable public init(nearestTo number: Float) { self = Self(number.rounded()) }
}

extension UInt8: IntegerSample {
  /// Of 8 bits.
  public static var format: SampleFormat { .eightBit }
  /// Wraps samples of 8 bits.
  public static func wrap(_ samples: [UInt8]) -> PixelSamples { .eightBit(samples) }
}

extension UInt16: IntegerSample {
  /// Of 16 bits.
  public static var format: SampleFormat { .sixteenBit }
  /// Wraps samples of 16 bits.
  public static func wrap(_ samples: [UInt16]) -> PixelSamples { .sixteenBit(samples) }
}

extension Float: PixelSample {
  /// Single precision.
  public static var format: SampleFormat { .float }
  /// Wraps fractions.
  public static func wrap(_ samples: [Float]) -> PixelSamples { .float(samples) }
  /// Itself.
  public var number: Float { self }
  /// The number.
  public init(nearestTo number: Float) { self = number }
}

/// An operation that moves samples or weighs them, written once for all kinds.
public protocol SampleOperation {
  /// The new samples.
  func apply<Sample: PixelSample>(to samples: [Sample]) -> [Sample]
}

/// An operation that computes with samples: in whole numbers with those of 8 and 16 bits, exactly with fractions.
public protocol SampleArithmetic {
  /// The new samples.
  func apply<Sample: IntegerSample>(to samples: [Sample]) -> [Sample]
  /// The new samples.
  func apply(to samples: [Float]) -> [Float]
}

extension PixelSamples {
  /// What `body` makes of the samples, whatever their kind, as samples of the same kind.
  public func mapped(_ body: some SampleOperation) -> PixelSamples {
    switch self {
    case .eightBit(let samples): .eightBit(body.apply(to: samples))
    case .sixteenBit(let samples): .sixteenBit(body.apply(to: samples))
    case .float(let samples): .float(body.apply(to: samples))
    }
  }

  /// What `body` makes of the samples, whatever their kind, as samples of the same kind.
  public func mapped(_ body: some SampleArithmetic) -> PixelSamples {
    switch self {
    case .eightBit(let samples): .eightBit(body.apply(to: samples))
    case .sixteenBit(let samples): .sixteenBit(body.apply(to: samples))
    case .float(let samples): .float(body.apply(to: samples))
    }
  }
}
