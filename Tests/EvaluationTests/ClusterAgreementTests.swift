import Evaluation
import Testing

@Suite struct ClusterAgreementTests {
  private func labels(_ count: Int, below limit: Int, seed: UInt64) -> [Int] {
    var noise = Noise(seed: seed)
    return (0..<count).map { _ in Int(noise.next() * Float(limit)) }
  }

  @Test func agreesWithScikitLearn() throws {
    let golden = try ScoresGolden.load()
    #expect(golden.agreements.count == 9)
    for wanted in golden.agreements {
      let found = ClusterAgreement(clusters: wanted.clusters, classes: wanted.classes)
      // All sums are in Float64; 0/0 of one row a part is exact.
      let errors = [
        found.adjustedMutualInformation - wanted.ami, found.normalizedMutualInformation - wanted.nmi,
        found.adjustedRandIndex - wanted.ari, found.accuracy - wanted.accuracy,
      ].map(abs)
      for error in errors { #expect(error <= 1e-12, "\(found)") }
    }
  }

  /// Differences of log Γ near 10⁶, the usual way, are right to 1e-8 at best.
  @Test func aMillionRowsKeepTheirDigits() throws {
    let wanted = try ScoresGolden.load().large
    let rows = 0..<1_000_000
    let found = ClusterAgreement(
      clusters: rows.map { ($0 / 77_000 + $0 % 89 / 60) % 13 },
      classes: rows.map { ($0 / 100_000 + $0 % 97 / 80) % 10 })
    #expect(abs(found.adjustedMutualInformation - wanted.ami) <= 1e-12)
    #expect(abs(found.normalizedMutualInformation - wanted.nmi) <= 1e-12)
    #expect(abs(found.adjustedRandIndex - wanted.ari) <= 1e-12)
    #expect(found.accuracy == wanted.accuracy)
  }

  @Test func namesDoNotMatter() {
    let (clusters, classes) = (labels(300, below: 7, seed: 1), labels(300, below: 5, seed: 2))
    let plain = ClusterAgreement(clusters: clusters, classes: classes)
    let renamed = ClusterAgreement(
      clusters: clusters.map { [40, 3, 17, 2, 99, 0, 8][$0] }, classes: classes.map { 4 - $0 })
    #expect(abs(plain.adjustedMutualInformation - renamed.adjustedMutualInformation) <= 1e-14)
    #expect(abs(plain.normalizedMutualInformation - renamed.normalizedMutualInformation) <= 1e-14)
    #expect(plain.adjustedRandIndex == renamed.adjustedRandIndex && plain.accuracy == renamed.accuracy)
    // Which labelling comes first does not either.
    let swapped = ClusterAgreement(clusters: classes, classes: clusters)
    #expect(abs(plain.adjustedMutualInformation - swapped.adjustedMutualInformation) <= 1e-14)
    #expect(plain.adjustedRandIndex == swapped.adjustedRandIndex && plain.accuracy == swapped.accuracy)
  }

  @Test(arguments: [2, 5, 30]) func equalPartitionsScoreOne(count: Int) {
    let classes = labels(400, below: count, seed: 3)
    let found = ClusterAgreement(clusters: classes.map { count - $0 }, classes: classes)
    #expect(abs(found.adjustedMutualInformation - 1) <= 1e-13)
    #expect(abs(found.normalizedMutualInformation - 1) <= 1e-13)
    #expect(found.adjustedRandIndex == 1 && found.accuracy == 1)
  }

  /// The adjusted scores of random clusters are 0 on average, the normalised information is not.
  @Test func randomClustersScoreNothing() {
    let scores = (0..<40).map { trial in
      ClusterAgreement(
        clusters: labels(200, below: 20, seed: 100 + UInt64(trial)),
        classes: labels(200, below: 10, seed: 500 + UInt64(trial)))
    }
    func mean(_ value: (ClusterAgreement) -> Double) -> Double {
      scores.map(value).reduce(0, +) / Double(scores.count)
    }
    // One trial's standard deviation is about 0.015.
    #expect(abs(mean(\.adjustedMutualInformation)) <= 0.01)
    #expect(abs(mean(\.adjustedRandIndex)) <= 0.01)
    #expect(mean(\.normalizedMutualInformation) > 0.1)
  }
}
