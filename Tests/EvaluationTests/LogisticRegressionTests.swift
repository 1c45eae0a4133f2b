import Evaluation
import Testing

@Suite struct LogisticRegressionTests {
  private func fit(_ golden: Golden, l2: Double, copies: Int = 1, start: LogisticRegression? = nil)
    -> LogisticRegression
  {
    let values = golden.standardizer.apply(to: golden.train)
    return .fit(
      values: (0..<copies).flatMap { _ in values }, labels: (0..<copies).flatMap { _ in golden.labels },
      width: golden.width, classCount: golden.classCount, l2: l2, start: start)
  }

  private func centred(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { $0 - mean }
  }

  @Test(arguments: [0, 1, 2]) func agreesWithScikitLearn(_ index: Int) throws {
    let golden = try Golden.load()
    let expected = golden.fits[index]
    let model = fit(golden, l2: expected.l2)
    #expect(model.converged)
    #expect(abs(model.objective - expected.objective) <= 1e-7 * expected.objective)
    // The fit stops at a finite gradient: 1.5e-5 (weights) and 3e-5 (intercepts) were measured at λ = 1e-3.
    #expect(largestDifference(model.weights, expected.weights) <= 5e-5)
    #expect(largestDifference(centred(model.intercepts), expected.intercepts) <= 1e-4)
    #expect(model.predictions(for: golden.standardizer.apply(to: golden.test)) == expected.predictions)
  }

  @Test func twoClassesAgreeWithScikitLearn() throws {
    let golden = try Golden.load()
    let rows = golden.labels.indices.filter { golden.labels[$0] < 2 }
    let all = golden.standardizer.apply(to: golden.train)
    let model = LogisticRegression.fit(
      values: rows.flatMap { all[($0 * golden.width)..<(($0 + 1) * golden.width)] },
      labels: rows.map { golden.labels[$0] }, width: golden.width, classCount: 2, l2: golden.binary.l2)
    #expect(abs(model.objective - golden.binary.objective) <= 1e-7 * golden.binary.objective)
    #expect(largestDifference(model.weights, golden.binary.weights) <= 5e-5)
    #expect(largestDifference(centred(model.intercepts), golden.binary.intercepts) <= 1e-4)
  }

  @Test func repeatedRowsChangeNothing() throws {
    let golden = try Golden.load()
    let once = fit(golden, l2: 1e-2)
    let threeTimes = fit(golden, l2: 1e-2, copies: 3)
    #expect(abs(once.objective - threeTimes.objective) <= 1e-7)
    #expect(largestDifference(once.weights, threeTimes.weights) <= 1e-5)
  }

  @Test func aWarmStartLeadsToTheSameSolutionInFewerSteps() throws {
    let golden = try Golden.load()
    let cold = fit(golden, l2: 1e-3)
    let warm = fit(golden, l2: 1e-3, start: fit(golden, l2: 2e-3))
    #expect(abs(warm.objective - cold.objective) <= 1e-6)
    #expect(warm.iterations < cold.iterations)
  }

  @Test func aStrongPenaltyLeavesThePriors() throws {
    let golden = try Golden.load()
    let model = fit(golden, l2: 1e6)
    let values = golden.standardizer.apply(to: golden.train)
    #expect(model.weights.allSatisfy { abs($0) <= 1e-6 })
    let rows = (0..<golden.classCount).map { label in golden.labels.count { $0 == label } }
    let frequent = rows.indices.max { rows[$0] < rows[$1] }
    #expect(model.predictions(for: values).allSatisfy { $0 == frequent })
  }

  @Test func constantFeaturesGetNoWeight() throws {
    let golden = try Golden.load()
    let model = fit(golden, l2: 1e-3)
    for label in 0..<golden.classCount { #expect(model.weights[label * golden.width + 5] == 0) }
  }
}
