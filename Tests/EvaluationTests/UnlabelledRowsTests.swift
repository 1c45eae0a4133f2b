import Evaluation
import Platform
import Testing
import VisionTransformer

/// Rows without a class cost no other row its class.
@Suite struct UnlabelledRowsTests {
  /// Clusters of three classes, in which the rows `missing` have no class.
  private func features(_ count: Int, without missing: [Int], seed: UInt64) throws -> Features {
    let whole = try clusters(count: count, width: 8, classes: 3, spread: 1, seed: seed)
    var labels = whole.labels
    for row in missing { labels[row] = -1 }
    return try Features(
      count: count, width: 8, values: whole.values, labels: labels, classNames: whole.classNames,
      origin: "some")
  }

  /// The same with only the rows that have a class.
  private func labelled(_ features: Features) throws -> Features {
    let rows = features.labels.indices.filter { features.labels[$0] >= 0 }
    return try Features(
      count: rows.count, width: 8, values: rows.flatMap { features.values[($0 * 8)..<($0 * 8 + 8)] },
      labels: rows.map { features.labels[$0] }, classNames: features.classNames, origin: "some")
  }

  @Test func labelsStayRowByRow() throws {
    let some = try features(6, without: [4], seed: 1)
    #expect(some.labels == [0, 1, 2, 0, -1, 2] && some.rowLabels.unlabelledCount == 1)
    #expect(some.rowLabels.labelledRows == [0, 1, 2, 3, 5] && some.labelled.labels == [0, 1, 2, 0, 2])
    let none = try Features(
      count: 2, width: 1, values: [0, 0], labels: [-1, -1], classNames: ["a"], origin: "none")
    #expect(none.labels.isEmpty && none.rowLabels.unlabelledCount == 0 && none.labelled.count == 2)
  }

  /// Every evaluator that needs classes scores as if the rows without one were not there.
  @Test(arguments: Evaluators.all.map { $0.name })
  func evaluatorsLeaveThemOut(name: String) throws {
    let train = try features(60, without: [0, 7, 33], seed: 2)
    let test = try features(30, without: [3, 29], seed: 3)
    func lines<E: Evaluator>(_: E.Type, _ train: Features, _ test: Features) throws -> [Scores.Line] {
      try Scores.measure(E.self, EvaluationTask(train: train, test: test)).lines
    }
    let evaluator = try Evaluators.all.named(name, at: "--evaluators")
    // LinearSGD takes seconds, and LayerProbe wants blocks; both read the same task.
    guard ![LayerProbe.name, LinearSGD.name].contains(name), evaluator.needsLabels else { return }
    let found = try lines(evaluator, train, test)
    #expect(try found == lines(evaluator, labelled(train), labelled(test)) && !found.isEmpty)
  }

  @Test func theRankIsOfAllRows() throws {
    let some = try features(30, without: [3, 29], seed: 3)
    let rank = try SpectralRank.evaluate(EvaluationTask(train: some, test: nil), options: .init()) { _, _ in }
    #expect(rank.rows == 30)
  }

  @Test func whatIsLeftOutIsSaid() throws {
    let labels = TaskLabels(
      train: try features(60, without: [0, 7], seed: 2).rowLabels,
      test: try features(30, without: [3], seed: 3).rowLabels, hasImages: false)
    #expect(
      labels.notes == [
        "train: 2 of 60 images have no class, such as row 0; left out",
        "test: 1 of 30 images have no class, such as row 3; left out",
      ])
    #expect(labels.train.labels.count == 58 && labels.measured.labels.count == 29)
  }

  /// Augmented passes and further places lose the same rows.
  @Test func everyMatrixOfATaskHasTheSameRows() throws {
    let train = try features(9, without: [4], seed: 4)
    let task = EvaluationTask(
      train: train, test: train, readouts: [.init(block: 1, pooling: .mean): (train, train)]
    ) { _, _, _ in [train] }
    #expect(task.train.count == 8 && task.test?.count == 8 && task.everyMeasured.count == 9)
    #expect(task.readouts.values.allSatisfy { $0.train.count == 8 && $0.test?.count == 8 })
    #expect(try task.augmentedTrain?(0, []) { _, _ in }.map(\.count) == [8])
  }
}
