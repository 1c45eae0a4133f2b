import Evaluation
import Platform
import Tensors
import Testing

/// The formula's golden values are in `FeatureMatrixTests`.
@Suite struct SpectralRankTests {
  private func run(_ features: Features, rows: Int = 25_600, seed: UInt64 = 0) throws -> SpectralRank.Result {
    var options = SpectralRank.Options()
    (options.rows, options.seed) = (rows, seed)
    return try SpectralRank.evaluate(
      EvaluationTask(train: features, test: nil), options: options, progress: { _, _ in })
  }

  private func features(_ count: Int, _ width: Int, _ value: (Int, Int) -> Float) throws -> Features {
    let values = (0..<count * width).map { value($0 / width, $0 % width) }
    return try Features(count: count, width: width, values: values, origin: "made")
  }

  @Test func orthonormalRowsHaveFullRankAndEqualRowsHaveOne() throws {
    // The 1e-7 of the formula adds about D·1e-7·log D.
    let identity = try run(features(24, 24) { $0 == $1 ? 1 : 0 })
    #expect(abs(identity.rankMe / 24 - 1) <= 1e-4)
    #expect(abs(identity.measures[1].value - 1) <= 1e-4)
    let constant = try run(features(40, 24) { Float($1) - 3 })
    #expect(abs(constant.rankMe - 1) <= 1e-4)
    #expect(try run(features(5, 3) { _, _ in 0 }).rankMe == 1)
  }

  @Test func agreesWithTheHealthOfARun() throws {
    let made = try clusters(count: 60, width: 7, classes: 3, seed: 1)
    let matrix = FeatureMatrix(made.values.map { Double($0) }, width: 7)
    let found = try run(made)
    #expect(found.rankMe == matrix.rankMe)
    let all = try #require(SingularValues(of: matrix.values, rows: 60, columns: 7)).values
    #expect(largestDifference(found.singularValues, all) <= 1e-13 * all[0])
  }

  @Test func scaleDoesNotMatter() throws {
    let made = try clusters(count: 60, width: 7, classes: 3, seed: 1)
    let scaled = try Features(count: 60, width: 7, values: made.values.map { $0 * 4096 }, origin: "scaled")
    #expect(abs(try run(made).rankMe - run(scaled).rankMe) <= 1e-12)
  }

  @Test func someRowsAreDrawnAndTestIsPreferred() throws {
    let (train, test) = (
      try clusters(count: 300, width: 7, classes: 3, seed: 1),
      try clusters(count: 90, width: 7, classes: 3, seed: 2)
    )
    #expect(try run(train, rows: 50).rows == 50)
    #expect(try run(train, rows: 50) == run(train, rows: 50))
    #expect(try run(train, rows: 50) != run(train, rows: 50, seed: 1))
    let both = try SpectralRank.evaluate(
      EvaluationTask(train: train, test: test), options: .init(), progress: { _, _ in })
    #expect(both == (try run(test)))
    #expect(throws: Failure.self) { try run(train, rows: 0) }
  }
}
