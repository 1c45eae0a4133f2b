import Evaluation
import Platform
import Testing

@Suite struct NearestNeighborVoteTests {
  /// The first class of the largest share in each row.
  private func winners(_ shares: [Float], _ classCount: Int) -> [Int] {
    stride(from: 0, to: shares.count, by: classCount).map { base in
      (1..<classCount).reduce(0) { shares[base + $1] > shares[base + $0] ? $1 : $0 }
    }
  }

  @Test func ofOneSetEachRowIsLeftOut() throws {
    let all = try clusters(count: 120, width: 6, classes: 5, seed: 4)
    var options = NearestNeighborOptions()
    options.k = [1, 7]
    let result = try NearestNeighborVote.evaluate(
      EvaluationTask(train: all, test: nil), options: options, progress: { _, _ in })
    // The same by hand: each row against a bank of the others.
    for k in options.k {
      let found = try (0..<all.count).map { row -> Int in
        let others = (0..<all.count).filter { $0 != row }
        let rest = try Features(
          count: others.count, width: 6, values: others.flatMap { all.values[($0 * 6)..<($0 * 6 + 6)] },
          labels: others.map { all.labels[$0] }, classNames: all.classNames, origin: "rest")
        let one = try Features(
          count: 1, width: 6, values: Array(all.values[(row * 6)..<(row * 6 + 6)]), labels: [all.labels[row]],
          classNames: all.classNames, origin: "one")
        let alone = try NearestNeighborVote.evaluate(
          EvaluationTask(train: rest, test: one), options: options, progress: { _, _ in })
        return try #require(alone.scores[k]).predictions[0]
      }
      #expect(result.scores[k]?.predictions == found)
    }
    // Equal rows: each still has the other as its neighbour.
    let twins = try Features(
      count: 4, width: 1, values: [1, 1, -1, -1], labels: [0, 0, 1, 1], classNames: ["a", "b"],
      origin: "twins")
    options.k = [1]
    let twin = try NearestNeighborVote.evaluate(
      EvaluationTask(train: twins, test: nil), options: options, progress: { _, _ in })
    #expect(twin.top1 == [1: 1])
  }
  @Test func agreesWithScikitLearn() throws {
    let golden = try Golden.load()
    let ks = golden.votes.map(\.k)
    let neighbors = NearestNeighbors(bank: golden.train, width: golden.width).search(golden.test, limit: 200)
    let votes = NearestNeighborVote.vote(
      neighbors, labels: golden.labels, classCount: golden.classCount, ks: ks, temperature: 0.07)
    #expect(votes.map { winners($0, golden.classCount) } == golden.votes.map(\.predictions))
  }

  @Test func everyRowIsItsOwnNearestNeighbour() throws {
    let train = try clusters(count: 300, width: 6, classes: 5, seed: 1)
    var options = NearestNeighborOptions()
    options.k = [1]
    let result = try NearestNeighborVote.evaluate(
      EvaluationTask(train: train, test: train), options: options, threads: 2)
    #expect(result.top1 == [1: 1])
    #expect(result.score == 1)
  }

  @Test func swappingFeaturesChangesNothing() throws {
    let train = try clusters(count: 300, width: 6, classes: 5, seed: 1)
    let test = try clusters(count: 90, width: 6, classes: 5, seed: 2)
    func mirrored(_ features: Features) throws -> Features {
      let values = features.values.indices.map { index in
        let column = index % 6
        return (column % 2 == 0 ? -1 : 1) * features.values[index - column + (5 - column)]
      }
      return try Features(
        count: features.count, width: 6, values: values, labels: features.labels,
        classNames: features.classNames, origin: "mirrored")
    }
    let plain = try NearestNeighborVote.evaluate(
      EvaluationTask(train: train, test: test), options: .init(), threads: 2)
    let turned = try NearestNeighborVote.evaluate(
      EvaluationTask(train: mirrored(train), test: mirrored(test)), options: .init(), threads: 2)
    #expect(plain.scores.mapValues(\.predictions) == turned.scores.mapValues(\.predictions))
  }

  @Test func repeatedRowsWithTwiceTheNeighboursVoteTheSame() throws {
    let train = try clusters(count: 200, width: 6, classes: 5, seed: 1)
    let queries = try clusters(count: 90, width: 6, classes: 5, seed: 2).values
    let once = NearestNeighbors(bank: train.values, width: 6).search(queries, limit: 20)
    let twice = NearestNeighbors(bank: train.values + train.values, width: 6).search(queries, limit: 40)
    let few = NearestNeighborVote.vote(
      once, labels: train.labels, classCount: 5, ks: [1, 5, 20], temperature: 0.07)
    let many = NearestNeighborVote.vote(
      twice, labels: train.labels + train.labels, classCount: 5, ks: [2, 10, 40], temperature: 0.07)
    #expect(few.map { winners($0, 5) } == many.map { winners($0, 5) })
    let error = zip(few.joined(), many.joined()).map { abs($0 - $1) }.max() ?? .nan
    #expect(error <= 1e-6, "shares of a vote are rounded to Float once")
  }

  @Test func equalVotesGoToTheFirstClass() {
    let neighbors = NearestNeighbors(bank: [1, 1, 1], width: 1).search([2], limit: 3)
    let vote = { labels in
      NearestNeighborVote.vote(
        neighbors, labels: labels, classCount: 4, ks: [1, 2, 3], temperature: 0.07
      ).map { winners($0, 4) }
    }
    #expect(vote([3, 1, 0]) == [[3], [1], [0]])
    #expect(vote([2, 2, 0]) == [[2], [2], [2]])
  }

  @Test func kAboveTheBankCountsAllOfIt() throws {
    let train = try clusters(count: 40, width: 6, classes: 5, seed: 1)
    let test = try clusters(count: 30, width: 6, classes: 5, seed: 2)
    var options = NearestNeighborOptions()
    options.k = [40, 1000, 40]
    let result = try NearestNeighborVote.evaluate(
      EvaluationTask(train: train, test: test), options: options, threads: 2)
    #expect(result.top1[40] == result.top1[1000])
    #expect(result.top1.count == 2)
  }

  @Test func aSmallTemperatureFollowsTheNearest() throws {
    let train = try clusters(count: 200, width: 6, classes: 5, seed: 1)
    let test = try clusters(count: 90, width: 6, classes: 5, seed: 2)
    var options = NearestNeighborOptions()
    options.temperature = 1e-9
    let result = try NearestNeighborVote.evaluate(
      EvaluationTask(train: train, test: test), options: options, threads: 2)
    #expect(Set(result.top1.values).count == 1)
  }

  @Test func impossibleOptionsAreRefused() throws {
    let train = try clusters(count: 30, width: 3, classes: 3, seed: 1)
    for (k, temperature) in [([], 0.07), ([0], 0.07), ([1, -1], 0.07), ([1], 0), ([1], Double.nan)] {
      var options = NearestNeighborOptions()
      options.k = k
      options.temperature = temperature
      #expect(throws: Failure.self) {
        try NearestNeighborVote.evaluate(
          EvaluationTask(train: train, test: train), options: options, threads: 1)
      }
    }
  }
}
