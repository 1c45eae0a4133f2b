import Imaging
import Platform

/// What floating-point samples range over: given, `auto` to have it measured when a run starts, or `none` to take all that
/// stored numbers can be.
public enum SampleRangeChoice: Codable, Sendable, Equatable {
  /// What the images of the run range over, without the outermost values.
  case auto
  /// 0…1, or of whole numbers all that they can be; what a run writes down that found no floating-point samples.
  case none
  /// As `none`, but DICOM images through the window of their files.
  case window
  /// This.
  case range(SampleRange)

  /// The range; nil without one, or when it is left to the run.
  public var range: SampleRange? {
    if case .range(let range) = self { range } else { nil }
  }

  /// Decodes `auto`, `none`, `window`, `[low, high]` or a list of such pairs.
  public init(from decoder: any Decoder) throws {
    switch try JSONValue(from: decoder) {
    case .string("auto"): self = .auto
    case .string("none"): self = .none
    case .string("window"): self = .window
    case .array: self = .range(try SampleRange(from: decoder))
    case let other:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription:
            "found \(other.summary), wanted auto, none, window, [low, high] or a list of such pairs"))
    }
  }

  /// Encodes the same.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .auto: try "auto".encode(to: encoder)
    case .none: try "none".encode(to: encoder)
    case .window: try "window".encode(to: encoder)
    case .range(let range): try range.encode(to: encoder)
    }
  }
}
