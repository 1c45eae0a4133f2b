import Evaluation
import Testing

@Suite struct SilhouetteTests {
  @Test func agreesWithScikitLearn() throws {
    let golden = try ScoresGolden.load().silhouette
    let found = Silhouette.mean(values: golden.values, width: golden.width, clusters: golden.clusters)
    // Products of Float32 rows of length up to 6 and distances of about 2.
    #expect(abs(found - golden.score) <= 1e-6)
  }

  @Test func oddClustersHaveDefinedScores() {
    let values: [Float] = [0, 0, 1, 1, 5, 5]
    #expect(Silhouette.mean(values: values, width: 2, clusters: [3, 3, 3]) == 0)
    #expect(Silhouette.mean(values: values, width: 2, clusters: [0, 1, 2]) == 0)
    #expect(Silhouette.mean(values: [1, 1, 1, 1], width: 1, clusters: [0, 0, 1, 1]) == 0)
  }

  @Test func farGroupsScoreOneAndHalvesOfOneGroupNothing() throws {
    let far = try clusters(count: 200, width: 3, classes: 3, spread: 0.001, seed: 1)
    #expect(Silhouette.mean(values: far.values, width: 3, clusters: far.labels) > 0.999)
    let one = try clusters(count: 400, width: 3, classes: 1, seed: 2)
    #expect(abs(Silhouette.mean(values: one.values, width: 3, clusters: (0..<400).map { $0 % 2 })) <= 0.01)
  }

  /// A common part of a thousand times the distances costs no digits that matter.
  @Test func placeDoesNotMatter() throws {
    let points = try clusters(count: 100, width: 4, classes: 4, seed: 1)
    let moved = points.values.map { $0 + 1024 }
    let exact = moved.map { $0 - 1024 }
    let found = Silhouette.mean(values: moved, width: 4, clusters: points.labels)
    #expect(abs(found - Silhouette.mean(values: exact, width: 4, clusters: points.labels)) <= 1e-6)
  }

  @Test func someRowsAreDrawnAndThreadsDoNotMatter() throws {
    let points = try clusters(count: 900, width: 4, classes: 4, seed: 1)
    func score(_ limit: Int, _ seed: UInt64, _ threads: Int) -> Double {
      Silhouette.mean(
        values: points.values, width: 4, clusters: points.labels, limit: limit, seed: seed, threads: threads)
    }
    #expect(score(900, 0, 1) == score(900, 7, 5))
    #expect(score(300, 0, 1) == score(300, 0, 5))
    #expect(score(300, 0, 1) != score(300, 1, 1))
    #expect(abs(score(300, 0, 1) - score(900, 0, 1)) <= 0.03)
  }
}
