import Foundation

/// What `LayerBenchmark` measured.
public struct LayerBenchmarkResult: Codable, Sendable, CustomStringConvertible {
  /// One variant's time.
  public struct Entry: Codable, Sendable {
    /// What was varied.
    public let kind: String
    /// The variant.
    public let name: String
    /// Median of a forward and a backward pass.
    public let microseconds: Double
    /// Median over the rounds of its time over that of the first variant of its kind.
    public let ratio: Double
  }

  /// The variants, kind by kind.
  public let entries: [Entry]

  /// A table for a terminal.
  public var description: String {
    entries.map { entry in
      let name = entry.name.padding(toLength: 40, withPad: " ", startingAt: 0)
      let kind = entry.kind.padding(toLength: 18, withPad: " ", startingAt: 0)
      return kind + name + String(format: "%9.0f µs  %.3f", entry.microseconds, entry.ratio)
    }.joined(separator: "\n")
  }
}
