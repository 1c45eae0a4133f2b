import Evaluation
import Platform
import Testing

@Suite struct InterpolatedProbeTests {
  private func run(
    _ task: EvaluationTask, threads: Int = 2, _ change: (inout InterpolatedProbeOptions) -> Void = { _ in }
  ) throws -> InterpolatedProbeResult {
    var options = InterpolatedProbeOptions()
    change(&options)
    return try InterpolatedProbe.evaluate(task, options: options, threads: threads)
  }

  private func sets(count: Int = 300, width: Int = 8, classes: Int = 5) throws -> EvaluationTask {
    EvaluationTask(
      train: try clusters(count: count, width: width, classes: classes, seed: 1),
      test: try clusters(count: 120, width: width, classes: classes, seed: 2))
  }

  private func centered(_ features: Features, by train: Features) throws -> Features {
    let means = (0..<train.width).map { column in
      stride(from: column, to: train.values.count, by: train.width)
        .reduce(0.0) { $0 + Double(train.values[$1]) } / Double(train.count)
    }
    return try Features(
      count: features.count, width: features.width,
      values: features.values.enumerated().map { Float(Double($1) - means[$0 % features.width]) },
      labels: features.labels, classNames: features.classNames, origin: features.origin)
  }

  @Test func withoutAVoteItIsTheLinearProbe() throws {
    let task = try sets()
    let mixed = try run(task) { $0.lambda = [0] }
    let linear = try LinearProbe.evaluate(task, options: .init(), threads: 2)
    #expect(mixed.scores == linear.scores && mixed.l2 == linear.l2)
  }

  @Test(arguments: [1, 16]) func withNothingElseItIsTheVoteOfCentredFeatures(k: Int) throws {
    let task = try sets()
    let mixed = try run(task) { ($0.lambda, $0.k, $0.temperature) = ([1], [k], [0.1]) }
    var options = NearestNeighborOptions()
    (options.k, options.temperature) = ([k], 0.1)
    let centred = EvaluationTask(
      train: try centered(task.train, by: task.train), test: try centered(task.measured, by: task.train))
    let vote = try NearestNeighborVote.evaluate(centred, options: options, threads: 2)
    #expect(mixed.scores == vote.scores[k])
  }

  /// What all features have in common takes no part.
  @Test func placeDoesNotMatter() throws {
    let task = try sets()
    func moved(_ features: Features) throws -> Features {
      try Features(
        count: features.count, width: features.width, values: features.values.map { $0 + 64 },
        labels: features.labels, classNames: features.classNames, origin: "moved")
    }
    let far = EvaluationTask(train: try moved(task.train), test: try moved(task.measured))
    let near = EvaluationTask(
      train: try centered(far.train, by: far.train), test: try centered(far.measured, by: far.train))
    let (first, second) = (try run(far), try run(near))
    #expect(first.mixture.k == second.mixture.k && first.mixture.lambda == second.mixture.lambda)
    #expect(first.scores.predictions == second.scores.predictions)
  }

  @Test func heldOutRowsChooseAndEqualsGoToTheSmallestShare() throws {
    let far = try clusters(count: 200, width: 5, classes: 5, spread: 0.01, seed: 1)
    let all = try run(EvaluationTask(train: far, test: far))
    #expect(all.mixture.lambda == 0.05 && all.mixture.k == 1 && all.mixture.temperature == 1e-4)
    #expect(all.mixture.heldOutAccuracy == 1)
    #expect(all.choices.keys.sorted() == ["k", "l2", "lambda", "temperature"])
    // No mixture of the grid alone is better on the held-out rows than the chosen one.
    let task = try sets()
    let chosen = try #require(try run(task).mixture.heldOutAccuracy)
    for lambda in [0.05, 0.5, 0.95] {
      let some = try run(task) { $0.lambda = [lambda] }.mixture.heldOutAccuracy
      #expect(try #require(some) <= chosen)
    }
  }

  @Test func oneRowAClassTakesTheMiddle() throws {
    let single = try clusters(count: 4, width: 4, classes: 4, seed: 1)
    let found = try run(EvaluationTask(train: single, test: single))
    // Of 1, 2, 4 neighbours, since there are no more than four rows.
    #expect(found.mixture.lambda == 0.5 && found.mixture.k == 2 && found.mixture.temperature == 0.1)
    #expect(found.mixture.heldOutAccuracy == nil)
    #expect(found.scores.top1 == 1)
  }

  @Test func threadsDoNotMatter() throws {
    let task = try sets(count: 6000, width: 4, classes: 3)
    #expect(try run(task, threads: 1) == run(task, threads: 5))
  }

  @Test func impossibleOptionsAreRefused() throws {
    let task = try sets()
    for change in [
      { $0.lambda = [] }, { $0.lambda = [1.01] }, { $0.k = [0] }, { $0.temperature = [0] },
      { $0.linear.l2 = [] },
    ] as [(inout InterpolatedProbeOptions) -> Void] {
      #expect(throws: Failure.self) { try run(task, change) }
    }
  }
}
