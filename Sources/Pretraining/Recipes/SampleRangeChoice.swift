import Imaging
import Platform

/// What floating-point samples range over: given, or `auto` to have it measured when a run starts.
public enum SampleRangeChoice: Codable, Sendable, Equatable {
  /// What the images of the run range over, without the outermost values.
  case auto
  /// This.
  case range(SampleRange)

  /// The range; nil when it is left to the run, or where the run found no floating-point samples.
  public var range: SampleRange? {
    if case .range(let range) = self { range } else { nil }
  }

  /// Decodes `auto`, `[low, high]` or a list of such pairs.
  public init(from decoder: any Decoder) throws {
    switch try JSONValue(from: decoder) {
    case .string("auto"): self = .auto
    case .array: self = .range(try SampleRange(from: decoder))
    case let other:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "found \(other.summary), wanted auto, [low, high] or such a pair for each channel"))
    }
  }

  /// Encodes the same.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .auto: try "auto".encode(to: encoder)
    case .range(let range): try range.encode(to: encoder)
    }
  }
}
