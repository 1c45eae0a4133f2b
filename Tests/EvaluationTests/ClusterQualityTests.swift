import Evaluation
import Platform
import Testing

@Suite struct ClusterQualityTests {
  private func run(
    _ train: Features, _ test: Features? = nil, threads: Int = 2,
    _ change: (inout ClusterOptions) -> Void = { _ in }
  ) throws -> ClusterResult {
    var options = ClusterOptions()
    change(&options)
    return try ClusterQuality.evaluate(
      EvaluationTask(train: train, test: test), options: options, threads: threads)
  }

  @Test func farGroupsAreTheClasses() throws {
    let far = try clusters(count: 200, width: 5, classes: 5, spread: 0.1, seed: 1)
    let found = try run(far)
    for algorithm in [found.kMeans, found.ward] {
      let agreement = try #require(algorithm.agreement)
      #expect(agreement.accuracy == 1 && abs(agreement.adjustedMutualInformation - 1) <= 1e-12)
      #expect(algorithm.silhouette > 0.8 && algorithm.rows == 200)
    }
    #expect(found.clusters == 5 && found.measures.count == 10)
    #expect(found.measures[0].name == "k-means AMI" && found.measures[5].name == "Ward AMI")
    #expect(try ClusterQuality.chance(EvaluationTask(train: far, test: nil)) == 0)
  }

  @Test func theTestSetIsClusteredAndTrainDoesNotMatter() throws {
    let test = try clusters(count: 90, width: 4, classes: 3, seed: 1)
    let first = try run(clusters(count: 50, width: 4, classes: 2, seed: 2), test)
    #expect(first == (try run(clusters(count: 70, width: 4, classes: 4, seed: 3), test)))
    #expect(first == (try run(test)))
    #expect(first == (try run(test, threads: 5)))
  }

  @Test func lengthsOfFeaturesMatterOnlyWhereTheyAreKept() throws {
    let features = try clusters(count: 90, width: 4, classes: 3, seed: 1)
    let scaled = try Features(
      count: 90, width: 4, values: features.values.enumerated().map { $1 * Float(1 << ($0 / 4 % 5)) },
      labels: features.labels, classNames: features.classNames, origin: "scaled")
    #expect(try run(features) == run(scaled))
    #expect(try run(features) { $0.normalized = false } != run(scaled) { $0.normalized = false })
  }

  @Test func withoutLabelsThereAreSilhouettes() throws {
    let labelled = try clusters(count: 60, width: 4, classes: 3, seed: 1)
    let features = try Features(count: 60, width: 4, values: labelled.values, origin: "unlabelled")
    #expect(throws: Failure.self) { try run(features) }
    let found = try run(features) { $0.clusters = 4 }
    #expect(found.measures.map(\.name) == ["k-means silhouette", "Ward silhouette"])
    #expect(try ClusterQuality.chance(EvaluationTask(train: features, test: nil)) == nil)
  }

  @Test func someRowsAreLinked() throws {
    let features = try clusters(count: 300, width: 4, classes: 3, spread: 0.1, seed: 1)
    let found = try run(features) { $0.wardRows = 80 }
    #expect(found.ward.rows == 80 && found.kMeans.rows == 300 && found.ward.agreement?.accuracy == 1)
    #expect(throws: Failure.self) { try run(features) { $0.wardRows = 2 } }
    #expect(throws: Failure.self) { try run(features) { $0.clusters = 301 } }
    #expect(throws: Failure.self) { try run(features) { $0.clusters = 1 } }
    #expect(throws: Failure.self) { try run(features) { $0.maximumIterations = 0 } }
  }
}
