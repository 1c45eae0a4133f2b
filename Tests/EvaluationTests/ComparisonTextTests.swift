import Evaluation
import Platform
import Testing

@Suite struct ComparisonTextTests {
  private func text(_ first: Features, _ second: Features, _ test: (Features, Features)) throws -> String {
    func model(_ name: String, _ train: Features, _ test: Features) throws -> Comparison.Model {
      let scores = try Scores.measure(NearestClassMean.self, EvaluationTask(train: train, test: test))
      return Comparison.Model(name: name, parameters: 1, imagesPerSecond: 1, scores: [scores])
    }
    let summary = EvaluationReport.SetSummary(images: 1, classes: 1)
    return Comparison(
      train: summary, test: summary,
      models: [try model("one", first, test.0), try model("two", second, test.1)]
    ).text
  }

  private func set(_ values: [Float]) throws -> Features {
    try Features(
      count: values.count, width: 2, values: values.flatMap { [$0, 1 - $0] },
      labels: values.indices.map { $0 % 2 }, classNames: ["a", "b"], origin: "set")
  }

  @Test func equalScoresAreSaidToBeEqual() throws {
    let train = try set([0, 1, 0, 1])
    #expect(
      try text(train, train, (set([0, 1, 0, 1]), set([0, 1, 0, 1]))).contains(
        "centroid: one and two are equal, image for image"))
    // One image each that the other has wrong.
    let mixed = try text(train, train, (set([1, 1, 0, 1]), set([0, 1, 1, 1])))
    #expect(mixed.contains("centroid: one and two are equal, though 2 images tell them apart"))
    #expect(
      try text(train, train, (set([0, 1, 0, 1]), set([1, 1, 0, 1]))).contains("leads two by 25.00 points"))
  }

  /// Fewer rows than neighbours asked for are named in the line.
  @Test func neighborsBeyondTheRowsAreSaid() throws {
    let train = try set([0, 1, 0])
    func names<E: Evaluator>(_: E.Type, _ test: Features?) throws -> [String] {
      try Scores.measure(E.self, EvaluationTask(train: train, test: test)).lines.map(\.name)
    }
    #expect(
      try names(NearestNeighborVote.self, train) == [
        "k = 1", "k = 5 (all 3)", "k = 10 (all 3)", "k = 20 (all 3)", "k = 200 (all 3)",
      ])
    #expect(try names(NearestNeighborVote.self, nil)[1] == "k = 5 (all 2)")
    #expect(try names(Retrieval.self, train)[1] == "recall at 5 (all 3)")
  }
}
