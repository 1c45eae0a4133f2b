/// A number of bytes as people write it: `4GB`, `512 MiB` or a plain number.
///
/// kB, MB, GB and TB are powers of 1000; KiB, MiB, GiB and TiB are powers of 1024; case does not matter.
public struct ByteCount: Codable, Sendable, Equatable, CustomStringConvertible {
  /// The number.
  public let bytes: Int

  /// Creates a count.
  public init(_ bytes: Int) { self.bytes = bytes }

  /// Reads a count; nil for what is none, is below 1 or does not fit.
  public init?(_ text: String) {
    let text = text.trimmingPrefix(while: \.isWhitespace)
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(digits.count).filter { !$0.isWhitespace }.lowercased()
    guard let value = Double(digits), let factor = unit.isEmpty ? 1 : Self.units[unit] else { return nil }
    let bytes = (value * Double(factor)).rounded()
    guard bytes >= 1, bytes < 0x1p62 else { return nil }
    self.bytes = Int(bytes)
  }

  private static let units: [String: Int] = [
    "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000,
    "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
  ]

  /// Decodes a number or a text.
  public init(from decoder: any Decoder) throws {
    let value = try JSONValue(from: decoder)
    let count: ByteCount? =
      switch value {
      case .integer(let bytes) where bytes >= 1: ByteCount(bytes)
      case .string(let text): ByteCount(text)
      default: nil
      }
    guard let count else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "found \(value.summary), wanted bytes, such as 4GB, 512MiB or a number above 0"))
    }
    self = count
  }

  /// Encodes the number.
  public func encode(to encoder: any Encoder) throws { try bytes.encode(to: encoder) }

  /// With one decimal and a unit of powers of 1000, such as `4.0 GB`.
  public var description: String {
    var (value, unit) = (Double(bytes), 0)
    while value >= 999.95 && unit < 4 { (value, unit) = (value / 1000, unit + 1) }
    guard unit > 0 else { return "\(bytes) bytes" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(["", "kB", "MB", "GB", "TB"][unit])"
  }
}
