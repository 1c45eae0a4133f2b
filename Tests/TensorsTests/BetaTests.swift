import Foundation
import Platform
import Tensors
import TestSupport
import Testing

/// Draws of Β and Γ against their distribution functions, which SciPy computed.
@Suite("Beta and gamma")
struct BetaTests {
  struct Table: Decodable, Sendable, CustomTestStringConvertible {
    let distribution: String
    let shapes, points, shares: [Double]
    var testDescription: String { "\(distribution) \(shapes)" }
  }

  static let tables = try? JSONDecoder().decode(
    [Table].self, from: Data(contentsOf: GoldenFile.url("beta.json", in: .module)))

  @Test func allArePresent() { #expect(Self.tables?.count == 11) }

  /// Kolmogorov's distance of 20,000 draws is above 1.95/√n in one of a thousand sequences; this one is fixed.
  @Test(arguments: tables ?? [])
  func followTheirDistribution(_ table: Table) {
    var random = RandomStream(seed: 11, purpose: .mixing, name: table.testDescription)
    let count = 20_000
    let draws = (0..<count).map { _ in
      table.distribution == "beta"
        ? random.beta(table.shapes[0], table.shapes[1]) : random.gamma(shape: table.shapes[0])
    }.sorted()
    var distance = 0.0
    var below = 0
    for (point, share) in zip(table.points, table.shares) {
      while below < count, draws[below] <= point { below += 1 }
      distance = max(distance, abs(Double(below) / Double(count) - share))
    }
    #expect(distance <= 1.95 / Double(count).squareRoot())
  }

  /// Γ of so small a shape is below what a number can hold, the share of two is not.
  @Test func smallShapesGiveShares() {
    var random = RandomStream(seed: 3, purpose: .mixing)
    let draws = (0..<2000).map { _ in random.beta(1e-4, 1e-4) }
    #expect(draws.allSatisfy { (0...1).contains($0) })
    #expect(abs(draws.reduce(0, +) / 2000 - 0.5) <= 0.05)
  }
}
