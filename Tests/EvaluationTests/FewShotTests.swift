import Evaluation
import Platform
import Testing

@Suite struct FewShotTests {
  private func run(
    _ train: Features, _ test: Features, threads: Int = 2, _ change: (inout FewShotOptions) -> Void = { _ in }
  ) throws -> FewShotResult {
    var options = FewShotOptions()
    change(&options)
    return try FewShot.evaluate(
      EvaluationTask(train: train, test: test), options: options, threads: threads)
  }

  @Test func drawsOfFewerImagesAreAmongThoseOfMore() throws {
    let train = try clusters(count: 60, width: 3, classes: 3, seed: 1)
    let task = try ClassificationTask(train: train, test: train)
    let first = FewShot.orders(task, draw: 0, seed: 4)
    #expect(first.map { Set($0) } == (0..<3).map { label in Set((0..<20).map { $0 * 3 + label }) })
    #expect(FewShot.orders(task, draw: 0, seed: 4) == first)
    #expect(FewShot.orders(task, draw: 1, seed: 4) != first)
    #expect(FewShot.orders(task, draw: 0, seed: 5) != first)
  }

  /// A class's images do not depend on which other classes there are.
  @Test func otherClassesDoNotMatter() throws {
    let three = try clusters(count: 60, width: 3, classes: 3, seed: 1)
    let two = try Features(
      count: 40, width: 3, values: [Float](repeating: 1, count: 120), labels: (0..<40).map { $0 % 2 },
      classNames: ["class 2", "class 1"], origin: "two")
    let places = FewShot.orders(try ClassificationTask(train: three, test: three), draw: 3, seed: 0)
    let others = FewShot.orders(try ClassificationTask(train: two, test: two), draw: 3, seed: 0)
    #expect(places[2].map { $0 / 3 } == others[0].map { $0 / 2 })
    #expect(places[1].map { $0 / 3 } == others[1].map { $0 / 2 })
  }

  @Test(arguments: FewShotClassifier.allCases) func allImagesGiveTheWholeClassifier(
    _ classifier: FewShotClassifier
  ) throws {
    let train = try clusters(count: 60, width: 5, classes: 4, seed: 1)
    let test = try clusters(count: 50, width: 5, classes: 4, seed: 2)
    let task = EvaluationTask(train: train, test: test)
    let found = try run(train, test) {
      $0.classifier = classifier
      $0.shots = [1, 100]
      $0.draws = 3
      $0.k = 7
    }
    var vote = NearestNeighborOptions()
    vote.k = [7]
    let whole =
      switch classifier {
      case .centroid: try NearestClassMean.evaluate(task, options: .init(), threads: 2).scores.top1
      case .knn: try NearestNeighborVote.evaluate(task, options: vote, threads: 2).score
      case .linear: try LinearProbe.evaluate(task, options: .init(), threads: 2).top1
      }
    #expect(found.shots[1].top1 == [whole, whole, whole])
    #expect(found.shots[1].deviation <= 1e-15 && found.shots[1].shortClasses == 4)
    #expect(found.shots[0].shortClasses == 0 && found.shots[0].top1.count == 3)
  }

  @Test func moreImagesHelpAndDrawsDiffer() throws {
    let train = try clusters(count: 400, width: 8, classes: 8, seed: 1)
    let test = try clusters(count: 400, width: 8, classes: 8, seed: 2)
    let found = try run(train, test)
    #expect(found.shots.map(\.shots) == [1, 5, 10])
    #expect(found.shots[0].mean + 0.05 < found.shots[1].mean)
    #expect(found.shots[1].mean < found.shots[2].mean)
    #expect(found.shots[0].deviation > 0)
    #expect(found == (try run(train, test, threads: 5)))
    #expect(found != (try run(train, test) { $0.seed = 1 }))
    #expect(found.measures.count == 6 && found.measures[0].value == found.shots[0].mean)
  }

  @Test func meanAndDeviationAreThoseOfASample() throws {
    let train = try clusters(count: 400, width: 8, classes: 8, seed: 1)
    let entry = try run(train, train) { ($0.shots, $0.draws) = ([2], 4) }.shots[0]
    let mean = entry.top1.reduce(0, +) / 4
    let variance = entry.top1.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 3
    #expect(entry.top1.count == 4 && abs(entry.mean - mean) <= 1e-15)
    #expect(abs(entry.deviation * entry.deviation - variance) <= 1e-15 && variance > 0)
    #expect(try run(train, train) { ($0.shots, $0.draws) = ([2], 1) }.shots[0].deviation == 0)
  }

  @Test func impossibleOptionsAreRefused() throws {
    let train = try clusters(count: 30, width: 3, classes: 3, seed: 1)
    for change in [
      { $0.shots = [] }, { $0.shots = [0] }, { $0.draws = 0 }, { $0.k = 0 },
    ] as [(inout FewShotOptions) -> Void] {
      #expect(throws: Failure.self) { try run(train, train, change) }
    }
  }
}
