import Evaluation
import Testing

@Suite struct KMeansTests {
  @Test func agreesWithScikitLearnFromTheSameCentres() throws {
    let golden = try ScoresGolden.load()
    #expect(golden.kMeans.count == 3)
    // The second and the third start leave centres without rows.
    for wanted in golden.kMeans {
      let found = KMeans.fit(
        values: golden.blobs.values, width: golden.blobs.width, centers: wanted.start)
      #expect(found.converged)
      #expect(found.clusters == wanted.clusters)
      // Centres near 20 are Float32; inertia of 90 rows is about 300 and right to 1e-6 of it.
      #expect(largestDifference(found.centers.map(Double.init), wanted.centers) <= 4e-6)
      #expect(abs(found.inertia / wanted.inertia - 1) <= 1e-6)
    }
  }

  private func fit(_ features: Features, _ count: Int, seed: UInt64 = 0, threads: Int = 2, steps: Int = 300)
    -> KMeans
  {
    KMeans.fit(
      values: features.values, width: features.width, count: count, maximumIterations: steps, seed: seed,
      threads: threads)
  }

  @Test func farGroupsAreFoundFromAnySeed() throws {
    let far = try clusters(count: 300, width: 6, classes: 6, spread: 0.1, seed: 1)
    for seed in 0..<5 as Range<UInt64> {
      let found = fit(far, 6, seed: seed)
      #expect(found.converged && firstSeen(found.clusters) == firstSeen(far.labels))
    }
  }

  @Test func threadsDoNotMatter() throws {
    let features = try clusters(count: 3000, width: 5, classes: 4, seed: 1)
    let (one, five) = (fit(features, 9, threads: 1), fit(features, 9, threads: 5))
    #expect(one.clusters == five.clusters && one.centers == five.centers && one.inertia == five.inertia)
    #expect(fit(features, 9, seed: 1).clusters != one.clusters)
  }

  @Test func oddSetsHaveClusters() throws {
    let features = try clusters(count: 12, width: 3, classes: 2, seed: 1)
    let each = fit(features, 12)
    #expect(Set(each.clusters).count == 12 && each.inertia <= 1e-10)
    #expect(Set(fit(features, 1).clusters) == [0])
    #expect(fit(features, 3, steps: 1).iterations == 1)
    let equal = try Features(count: 6, width: 2, values: [Float](repeating: 3, count: 12), origin: "equal")
    #expect(fit(equal, 4).inertia == 0 && fit(equal, 4).converged)
  }
}
