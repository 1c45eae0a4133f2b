import Foundation
import Platform
import Tensors
import TestSupport
import Testing

/// What is measured of a matrix of features, against numpy and against what must hold.
@Suite("Features as a matrix")
struct FeatureMatrixTests {
  private struct Golden: Decodable {
    let name: String
    let width: Int
    let features, positives: [Double]
    let rankMe, directionSpread, alignment, uniformity: Double
  }

  private func random(_ count: Int, _ width: Int, seed: UInt64 = 5) -> FeatureMatrix {
    var stream = RandomStream(seed: seed, purpose: .synthetic, name: "\(count)×\(width)")
    return FeatureMatrix((0..<count * width).map { _ in stream.normal() }, width: width)
  }

  private func scaled(_ matrix: FeatureMatrix, _ factor: Double) -> FeatureMatrix {
    FeatureMatrix(matrix.values.map { $0 * factor }, width: matrix.width)
  }

  @Test func numpyFindsTheSame() throws {
    let file = try GoldenFile.url("feature_health.json", in: .module)
    let cases = try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
    #expect(cases.count == 4)
    for golden in cases {
      let matrix = FeatureMatrix(golden.features, width: golden.width)
      let positives = FeatureMatrix(golden.positives, width: golden.width)
      for (found, wanted) in [
        (matrix.rankMe, golden.rankMe), (matrix.directionSpread, golden.directionSpread),
        (matrix.alignment(with: positives), golden.alignment), (matrix.uniformity, golden.uniformity),
      ] {
        #expect(relativeError([try #require(found)], [wanted]) <= 1e-11, "\(golden.name)")
      }
    }
  }

  @Test(arguments: [(1, 1), (6, 3), (3, 6), (40, 64)])
  func aConstantIsCollapsed(count: Int, width: Int) throws {
    let row = random(1, width).values
    let matrix = FeatureMatrix((0..<count).flatMap { _ in row }, width: width)
    #expect(abs(try #require(matrix.rankMe) - 1) <= 2e-4)
    #expect(matrix.directionSpread <= 1e-12)
    if count > 1 { #expect(abs(try #require(matrix.uniformity)) <= 1e-12) }
  }

  /// As many orthogonal directions as there can be have that rank.
  @Test(arguments: [1, 5, 64]) func anIdentityHasFullRank(order: Int) throws {
    let matrix = FeatureMatrix((0..<order * order).map { $0 % (order + 1) == 0 ? 3 : 0 }, width: order)
    #expect(abs(try #require(matrix.rankMe) / Double(order) - 1) <= 1e-4)
  }

  @Test(arguments: [1e-6, 0.5, 1e6]) func scaleDoesNotMatter(factor: Double) throws {
    let (matrix, other) = (random(12, 7), random(12, 7, seed: 6))
    let large = scaled(matrix, factor)
    #expect(relativeError([try #require(large.rankMe)], [try #require(matrix.rankMe)]) <= 1e-12)
    #expect(relativeError([large.directionSpread], [matrix.directionSpread]) <= 1e-12)
    #expect(relativeError([try #require(large.uniformity)], [try #require(matrix.uniformity)]) <= 1e-12)
    #expect(relativeError([large.alignment(with: other)], [matrix.alignment(with: other)]) <= 1e-12)
  }

  /// Directions of many random samples are spread evenly; pairs that have nothing in common are 2 apart.
  @Test func randomDirectionsAreSpread() throws {
    let (matrix, other) = (random(500, 64), random(500, 64, seed: 6))
    #expect(abs(matrix.directionSpread - 1) <= 0.02)
    #expect(abs(matrix.alignment(with: other) - 2) <= 0.05)
    #expect(matrix.alignment(with: matrix) == 0 && matrix.alignment(with: scaled(matrix, 2)) <= 1e-24)
    #expect(try #require(matrix.uniformity) < -3.8)
  }

  @Test func oddMatricesHaveDefinedFigures() {
    let zeros = FeatureMatrix([0, 0, 0, 0], width: 2)
    #expect(zeros.rankMe == 1 && zeros.directionSpread == 0 && zeros.uniformity == 0)
    #expect(random(1, 4).uniformity == nil)
    #expect(FeatureMatrix([1, .nan, 0, 1], width: 2).rankMe == nil)
    #expect(FeatureMatrix([1, .infinity, 0, 1], width: 2).rankMe == nil)
  }
}
