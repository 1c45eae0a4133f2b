import Evaluation
import Testing

@Suite struct AveragePrecisionTests {
  @Test func agreesWithScikitLearn() throws {
    let golden = try ScoresGolden.load()
    for wanted in golden.precisions {
      let found = try #require(AveragePrecision.of(scores: wanted.scores, positives: wanted.positives))
      #expect(abs(found - wanted.value) <= 1e-12)
    }
  }

  @Test func orderOfEqualScoresDoesNotMatter() {
    let scores: [Float] = [1, 1, 1, 0, 0, 2]
    let first = AveragePrecision.of(scores: scores, positives: [true, false, false, false, true, true])
    let second = AveragePrecision.of(scores: scores, positives: [false, false, true, true, false, true])
    #expect(first == second && first != nil)
  }

  @Test func perfectAndEmptyOrders() {
    #expect(AveragePrecision.of(scores: [3, 2, 1], positives: [true, true, false]) == 1)
    #expect(AveragePrecision.of(scores: [3, 2, 1], positives: [false, false, false]) == nil)
  }

  @Test func rankingsMayEndEarly() {
    let ranking = [true, false, true, false]
    let sum: Double = 1 + 2.0 / 3
    for (relevant, possible) in [(2, 2.0), (3, 3), (50, 4)] {
      #expect(AveragePrecision.of(ranking: ranking, relevantCount: relevant) == sum / possible)
    }
    #expect(AveragePrecision.of(ranking: [false, false], relevantCount: 0) == 0)
    let scores: [Float] = [4, 3, 2, 1]
    #expect(
      AveragePrecision.of(scores: scores, positives: ranking)
        == AveragePrecision.of(ranking: ranking, relevantCount: 2))
  }
}
