import Evaluation
import Platform
import Testing

@Suite struct NearestClassMeanTests {
  @Test func agreesWithNumpy() throws {
    let (task, golden) = (try Golden.load().task(), try ScoresGolden.load().centroid)
    let found = try NearestClassMean.evaluate(task, options: .init(), threads: 2)
    #expect(found.scores.predictions == golden.predictions)
    #expect(found.scores.top1 == golden.top1)
    // Float32 cosines divided by 0.07.
    #expect(abs(found.scores.calibrationError - golden.calibrationError) <= 1e-6)
  }

  @Test func temperatureMovesNoRow() throws {
    let task = try Golden.load().task()
    var options = NearestClassMean.Options()
    let first = try NearestClassMean.evaluate(task, options: options, threads: 2)
    options.temperature = 1
    let second = try NearestClassMean.evaluate(task, options: options, threads: 5)
    #expect(first.scores.predictions == second.scores.predictions)
    #expect(first.scores.calibrationError != second.scores.calibrationError)
    options.temperature = 0
    #expect(throws: Failure.self) { try NearestClassMean.evaluate(task, options: options, threads: 1) }
  }

  @Test func lengthsOfFeaturesDoNotMatter() throws {
    let train = try clusters(count: 80, width: 4, classes: 4, seed: 1)
    let scaled = try Features(
      count: 80, width: 4, values: train.values.enumerated().map { $1 * Float(1 << ($0 / 4 % 6)) },
      labels: train.labels, classNames: train.classNames, origin: "scaled")
    let test = try clusters(count: 50, width: 4, classes: 4, seed: 2)
    func predictions(_ train: Features) throws -> [Int] {
      try NearestClassMean.evaluate(EvaluationTask(train: train, test: test), options: .init(), threads: 2)
        .scores.predictions
    }
    #expect(try predictions(train) == predictions(scaled))
  }

  @Test func opposedRowsHaveNoDirection() throws {
    let train = try Features(
      count: 4, width: 2, values: [1, 0, -1, 0, 0, 1, 0, 1], labels: [0, 0, 1, 1], classNames: ["a", "b"],
      origin: "opposed")
    let result = try NearestClassMean.evaluate(
      EvaluationTask(train: train, test: train), options: .init(), threads: 1)
    #expect(result.scores.predictions == [0, 0, 1, 1])
  }
}
