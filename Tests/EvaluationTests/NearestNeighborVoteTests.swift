import Evaluation
import Platform
import Testing

@Suite struct NearestNeighborVoteTests {
  @Test func agreesWithScikitLearn() throws {
    let golden = try Golden.load()
    let ks = golden.votes.map(\.k)
    let neighbors = NearestNeighbors(bank: golden.train, width: golden.width).search(golden.test, limit: 200)
    let predictions = NearestNeighborVote.vote(
      neighbors, labels: golden.labels, classCount: golden.classCount, ks: ks, temperature: 0.07)
    #expect(predictions == golden.votes.map(\.predictions))
  }

  @Test func everyRowIsItsOwnNearestNeighbour() throws {
    let train = try clusters(count: 300, width: 6, classes: 5, seed: 1)
    var options = NearestNeighborOptions()
    options.k = [1]
    let result = try NearestNeighborVote.evaluate(train: train, test: train, options: options, threads: 2)
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
    let plain = try NearestNeighborVote.evaluate(train: train, test: test, options: .init(), threads: 2)
    let turned = try NearestNeighborVote.evaluate(
      train: mirrored(train), test: mirrored(test), options: .init(), threads: 2)
    #expect(plain == turned)
  }

  @Test func repeatedRowsWithTwiceTheNeighboursVoteTheSame() throws {
    let train = try clusters(count: 200, width: 6, classes: 5, seed: 1)
    let queries = try clusters(count: 90, width: 6, classes: 5, seed: 2).values
    let once = NearestNeighbors(bank: train.values, width: 6).search(queries, limit: 20)
    let twice = NearestNeighbors(bank: train.values + train.values, width: 6).search(queries, limit: 40)
    #expect(
      NearestNeighborVote.vote(once, labels: train.labels, classCount: 5, ks: [1, 5, 20], temperature: 0.07)
        == NearestNeighborVote.vote(
          twice, labels: train.labels + train.labels, classCount: 5, ks: [2, 10, 40], temperature: 0.07))
  }

  @Test func equalVotesGoToTheFirstClass() {
    let neighbors = NearestNeighbors(bank: [1, 1, 1], width: 1).search([2], limit: 3)
    let vote = { labels in
      NearestNeighborVote.vote(neighbors, labels: labels, classCount: 4, ks: [1, 2, 3], temperature: 0.07)
    }
    #expect(vote([3, 1, 0]) == [[3], [1], [0]])
    #expect(vote([2, 2, 0]) == [[2], [2], [2]])
  }

  @Test func kAboveTheBankCountsAllOfIt() throws {
    let train = try clusters(count: 40, width: 6, classes: 5, seed: 1)
    let test = try clusters(count: 30, width: 6, classes: 5, seed: 2)
    var options = NearestNeighborOptions()
    options.k = [40, 1000, 40]
    let result = try NearestNeighborVote.evaluate(train: train, test: test, options: options, threads: 2)
    #expect(result.top1[40] == result.top1[1000])
    #expect(result.top1.count == 2)
  }

  @Test func aSmallTemperatureFollowsTheNearest() throws {
    let train = try clusters(count: 200, width: 6, classes: 5, seed: 1)
    let test = try clusters(count: 90, width: 6, classes: 5, seed: 2)
    var options = NearestNeighborOptions()
    options.temperature = 1e-9
    let result = try NearestNeighborVote.evaluate(train: train, test: test, options: options, threads: 2)
    #expect(Set(result.top1.values).count == 1)
  }

  @Test func impossibleOptionsAreRefused() throws {
    let train = try clusters(count: 30, width: 3, classes: 3, seed: 1)
    for (k, temperature) in [([], 0.07), ([0], 0.07), ([1, -1], 0.07), ([1], 0), ([1], Double.nan)] {
      var options = NearestNeighborOptions()
      options.k = k
      options.temperature = temperature
      #expect(throws: Failure.self) {
        try NearestNeighborVote.evaluate(train: train, test: train, options: options, threads: 1)
      }
    }
  }
}
