import Platform

/// A number, or `auto` to leave it to the run.
public enum AutomaticCount: Codable, Sendable, Equatable {
  /// What suits the machine and the model.
  case auto
  /// That many.
  case count(Int)

  /// The number, or what `choice` says.
  func resolved(_ choice: @autoclosure () -> Int) -> Int {
    switch self {
    case .auto: choice()
    case .count(let count): count
    }
  }

  /// Decodes `auto` or a number from 1 to 1024.
  public init(from decoder: any Decoder) throws {
    switch try JSONValue(from: decoder) {
    case .string("auto"): self = .auto
    case .integer(let count) where (1...1024).contains(count): self = .count(count)
    case let other:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath, debugDescription: "found \(other.summary), wanted auto or 1 … 1024")
      )
    }
  }

  /// Encodes the same.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .auto: try "auto".encode(to: encoder)
    case .count(let count): try count.encode(to: encoder)
    }
  }
}
