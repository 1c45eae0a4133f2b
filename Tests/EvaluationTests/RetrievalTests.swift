import Evaluation
import Platform
import Testing

@Suite struct RetrievalTests {
  private func run(
    _ task: EvaluationTask, threads: Int = 2, _ change: (inout RetrievalOptions) -> Void = { _ in }
  ) throws -> RetrievalResult {
    var options = RetrievalOptions()
    change(&options)
    return try Retrieval.evaluate(task, options: options, threads: threads)
  }

  private func expect(_ found: RetrievalResult, _ wanted: ScoresGolden.Retrieval.Values) {
    #expect(found.recall.count == wanted.recall.count)
    for (k, share) in found.recall { #expect(wanted.recall["\(k)"] == share) }
    #expect(abs(found.meanAveragePrecision - wanted.meanAveragePrecision) <= 1e-12)
  }

  /// No two similarities of a query are closer than 1e-6, so that rounding swaps none.
  @Test func agreesWithScikitLearn() throws {
    let (all, golden) = (try Golden.load().task(), try ScoresGolden.load().retrieval)
    func first(_ count: Int, of set: Features) throws -> Features {
      try Features(
        count: count, width: set.width, values: Array(set.values.prefix(count * set.width)),
        labels: Array(set.labels.prefix(count)), classNames: set.classNames, origin: set.origin)
    }
    let task = EvaluationTask(train: try first(60, of: all.train), test: try first(20, of: all.measured))
    expect(try run(task), golden.two)
    expect(try run(task) { $0.depth = 15 }, golden.short)
    expect(try run(EvaluationTask(train: task.train, test: nil)), golden.one)
  }

  @Test func ofTheSameSetEveryRowFindsItself() throws {
    let all = try clusters(count: 120, width: 6, classes: 5, seed: 4)
    #expect(try run(EvaluationTask(train: all, test: all)).recall[1] == 1)
    #expect(try run(EvaluationTask(train: all, test: nil)).recall[1] != 1)
    let far = try clusters(count: 120, width: 6, classes: 5, spread: 0.01, seed: 4)
    let found = try run(EvaluationTask(train: far, test: nil))
    #expect(found.recall[1] == 1 && found.meanAveragePrecision == 1)
  }

  @Test func aQueryWithoutItsClassCountsNothing() throws {
    let train = try clusters(count: 90, width: 4, classes: 3, spread: 0.01, seed: 1)
    let test = try clusters(count: 40, width: 4, classes: 4, spread: 0.01, seed: 2)
    let found = try run(EvaluationTask(train: train, test: test))
    #expect(found.recall[10] == 0.75 && found.meanAveragePrecision == 0.75)
    let single = try clusters(count: 4, width: 4, classes: 4, seed: 1)
    let none = try run(EvaluationTask(train: single, test: nil))
    #expect(none.recall == [1: 0, 5: 0, 10: 0] && none.meanAveragePrecision == 0)
  }

  @Test func chanceIsThatOfARandomOrder() throws {
    let train = try clusters(count: 100, width: 2, classes: 4, seed: 1)
    #expect(try Retrieval.chance(EvaluationTask(train: train, test: train)) == 0.25)
    let alone = try #require(try Retrieval.chance(EvaluationTask(train: train, test: nil)))
    #expect(abs(alone - 24.0 / 99) <= 1e-15)
  }

  @Test func tenQueriesOfDifferentClassesAreShown() throws {
    let train = try clusters(count: 300, width: 6, classes: 30, seed: 4)
    let found = try run(EvaluationTask(train: train, test: nil))
    #expect(Set(found.queries.map { train.labels[$0] }).count == 10)
    #expect(found.found.count == 10 && found.found.allSatisfy { $0.count == 9 })
    #expect(zip(found.queries, found.found).allSatisfy { !$1.contains($0) })
    let few = try clusters(count: 30, width: 6, classes: 3, seed: 4)
    #expect(try run(EvaluationTask(train: few, test: few)).queries == Array(0..<12))
  }

  @Test func blocksOfQueriesAndThreadsDoNotMatter() throws {
    let all = try clusters(count: 4500, width: 3, classes: 4, seed: 1)
    let found = try run(EvaluationTask(train: all, test: nil)) { $0.depth = 20 }
    #expect(found == (try run(EvaluationTask(train: all, test: nil), threads: 5) { $0.depth = 20 }))
    // The nearest other row by hand, across the border of the blocks.
    let nearest = NearestNeighbors(bank: all.values, width: 3).search(all.values, limit: 2).indices
    let right = (0..<4500).count { row in
      let other = nearest[2 * row] == row ? nearest[2 * row + 1] : nearest[2 * row]
      return all.labels[other] == all.labels[row]
    }
    #expect(found.recall[1] == Double(right) / 4500)
  }

  @Test func impossibleOptionsAreRefused() throws {
    let train = try clusters(count: 30, width: 3, classes: 3, seed: 1)
    for change in [{ $0.k = [] }, { $0.k = [0] }, { $0.depth = 0 }] as [(inout RetrievalOptions) -> Void] {
      #expect(throws: Failure.self) { try run(EvaluationTask(train: train, test: nil), change) }
    }
  }
}
