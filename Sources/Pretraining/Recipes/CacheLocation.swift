import Platform

/// Where decoded images are kept: `none`, `ram`, or a folder.
public enum CacheLocation: Codable, Sendable, Equatable {
  /// Nowhere.
  case none
  /// In the memory of the run.
  case ram
  /// In a folder of this path, for later runs too.
  case folder(String)

  /// Decodes a text.
  public init(from decoder: any Decoder) throws {
    switch try JSONValue(from: decoder) {
    case .string("none"): self = .none
    case .string("ram"): self = .ram
    case .string(let path) where !path.isEmpty: self = .folder(path)
    case let other:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "found \(other.summary), wanted none, ram or the path of a folder"))
    }
  }

  /// Encodes the same.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .none: try "none".encode(to: encoder)
    case .ram: try "ram".encode(to: encoder)
    case .folder(let path): try path.encode(to: encoder)
    }
  }
}
