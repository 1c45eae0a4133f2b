import Evaluation
import Foundation
import Platform
import Testing
import VisionTransformer

/// What must hold of every evaluator.
@Suite struct EvaluatorPropertiesTests {
  private static let names = Evaluators.all.map { $0.name }

  /// A task with all that an evaluator may ask for beside the sets.
  private func task<E: Evaluator>(
    for _: E.Type, _ train: Features, _ test: Features?
  ) -> EvaluationTask {
    var encoder = VisionTransformerConfiguration()
    encoder.depth = 2
    let places = E.readouts(E.Options(), of: encoder)
    return EvaluationTask(
      train: train, test: test,
      readouts: Dictionary(uniqueKeysWithValues: Set(places).map { ($0, (train, test)) }),
      augmentedTrain: { _, places, _ in [train] + places.map { _ in train } })
  }

  private func run<E: Evaluator>(
    _ evaluator: E.Type, _ train: Features, _ test: Features?
  ) throws -> any EvaluationResult {
    try E.evaluate(task(for: E.self, train, test), options: E.Options(), progress: { _, _ in })
  }

  private func withSets(_ features: Features, _ sets: [[Int]]) throws -> Features {
    try Features(
      count: features.count, width: features.width, values: features.values, labelSets: sets,
      classNames: features.classNames, origin: features.origin)
  }

  private func withLabels(_ features: Features, _ labels: [Int]) throws -> Features {
    try Features(
      count: features.count, width: features.width, values: features.values, labels: labels,
      classNames: features.classNames, origin: features.origin)
  }

  /// The result, or nil for a `Failure` that says what, where and how to mend it.
  private func outcome(_ run: () throws -> any EvaluationResult) throws -> (any EvaluationResult)? {
    do {
      let result = try run()
      #expect(!result.measures.isEmpty && result.measures.allSatisfy { $0.value.isFinite })
      #expect(Set(result.measures.map(\.name)).count == result.measures.count)
      _ = try JSONEncoder().encode(result)
      _ = try JSONEncoder().encode(result.baseline)
      return result
    } catch let failure as Failure {
      #expect(!failure.problem.isEmpty && !failure.place.isEmpty && !failure.remedy.isEmpty)
      return nil
    }
  }

  /// Whoever chooses anything has only train labels to choose by.
  @Test(arguments: names) func testLabelsDecideNothing(_ name: String) throws {
    let evaluator = try Evaluators.all.named(name, at: "--evaluators")
    let train = try clusters(count: 160, width: 6, classes: 5, seed: 1)
    let test = try clusters(count: 60, width: 6, classes: 5, seed: 2)
    let shuffled = test.labels.indices.map { test.labels[($0 * 7 + 3) % test.count] }
    func sets(_ labels: [Int]) -> [[Int]] { labels.map { [$0, ($0 + 2) % 5].sorted() } }
    var results = 0
    for (train, first, second) in [
      (train, test, try withLabels(test, shuffled)),
      (
        try withSets(train, sets(train.labels)), try withSets(test, sets(test.labels)),
        try withSets(test, sets(shuffled))
      ),
    ] {
      guard let result = try outcome({ try run(evaluator, train, first) }) else {
        #expect(try outcome { try run(evaluator, train, second) } == nil)
        continue
      }
      results += 1
      #expect(try run(evaluator, train, second).choices == result.choices)
      #expect(try run(evaluator, train, first).measures == result.measures, "the same again")
    }
    #expect(results > 0)
  }

  /// Odd sets have defined results, or are refused with a remedy.
  @Test(arguments: names) func oddSetsAreScoredOrRefused(_ name: String) throws {
    let evaluator = try Evaluators.all.named(name, at: "--evaluators")
    let test = try clusters(count: 40, width: 4, classes: 4, seed: 2)
    let single = try clusters(count: 4, width: 4, classes: 4, seed: 3)
    let some = try clusters(count: 60, width: 4, classes: 3, seed: 4)
    let zeros = try withLabels(
      Features(
        count: 60, width: 4, values: [Float](repeating: 0, count: 240), classNames: some.classNames,
        origin: "zeros"), some.labels)
    let unlabelled = try Features(count: 60, width: 4, values: some.values, origin: "unlabelled")
    for (train, test) in [
      (single, test), (single, nil), (test, single), (some, test), (zeros, zeros), (zeros, nil),
      (test, zeros),
      (unlabelled, unlabelled), (unlabelled, nil), (some, unlabelled),
      (some, try clusters(count: 40, width: 3, classes: 3, seed: 1)),
      (try clusters(count: 1, width: 4, classes: 1, seed: 1), nil),
    ] {
      _ = try outcome { try run(evaluator, train, test) }
      if let chance = try? evaluator.chance(EvaluationTask(train: train, test: test)) {
        #expect(chance.isFinite)
      }
    }
  }

  /// An accuracy over one class says nothing; only the rank does not ask.
  @Test(arguments: names) func oneClassIsRefused(_ name: String) throws {
    let evaluator = try Evaluators.all.named(name, at: "--evaluators")
    let one = try clusters(count: 30, width: 4, classes: 1, seed: 1)
    let found = try outcome { try run(evaluator, one, one) }
    #expect((found == nil) == (evaluator != SpectralRank.self))
  }

  /// A test set is missed only by those that say so.
  @Test(arguments: names) func oneSetIsEnoughWhereItIsSaid(_ name: String) throws {
    let evaluator = try Evaluators.all.named(name, at: "--evaluators")
    let set = try clusters(count: 60, width: 4, classes: 3, seed: 1)
    let sets = try withSets(set, set.labels.map { [$0] })
    let found = try [set, sets].map { set in try outcome { try run(evaluator, set, nil) } }
    #expect(found.contains { $0 != nil } == evaluator.worksOnOneSet)
  }
}
