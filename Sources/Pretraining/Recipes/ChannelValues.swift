import Platform

/// A number for each channel, or `auto` to have them measured when a run starts.
public enum ChannelValues: Codable, Sendable, Equatable, ExpressibleByArrayLiteral {
  /// What the images of the run have.
  case auto
  /// These.
  case values([Float])

  /// Creates a list.
  public init(arrayLiteral elements: Float...) { self = .values(elements) }

  /// The numbers; nil when they are left to the run.
  public var numbers: [Float]? {
    if case .values(let values) = self { values } else { nil }
  }

  /// Decodes `auto` or a list of numbers.
  public init(from decoder: any Decoder) throws {
    switch try JSONValue(from: decoder) {
    case .string("auto"): self = .auto
    case .array: self = .values(try [Float](from: decoder))
    case let other:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "found \(other.summary), wanted auto or a list of numbers, one a channel"))
    }
  }

  /// Encodes the same.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .auto: try "auto".encode(to: encoder)
    case .values(let values): try values.encode(to: encoder)
    }
  }
}
