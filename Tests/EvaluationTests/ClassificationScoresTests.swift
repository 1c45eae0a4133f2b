import Evaluation
import Testing

@Suite struct ClassificationScoresTests {
  @Test func agreesWithScikitLearn() throws {
    let golden = try ScoresGolden.load().classification
    let names = (0..<golden.classCount).map { "class \($0)" }
    let train = try Features(
      count: names.count, width: 1, values: [Float](repeating: 0, count: names.count),
      labels: Array(names.indices), classNames: names, origin: "train")
    let test = try Features(
      count: golden.labels.count, width: 1, values: [Float](repeating: 0, count: golden.labels.count),
      labels: golden.labels, classNames: names, origin: "test")
    let scores = ClassificationScores(
      probabilities: golden.probabilities, try ClassificationTask(train: train, test: test))
    #expect(scores.top1 == golden.top1)
    #expect(scores.top5 == golden.top5)
    #expect(abs(scores.balancedAccuracy - golden.balancedAccuracy) <= 1e-12)
    #expect(abs(scores.calibrationError - golden.calibrationError) <= 1e-12)
    #expect(scores.top1Interval.contains(golden.top1))
  }
}
