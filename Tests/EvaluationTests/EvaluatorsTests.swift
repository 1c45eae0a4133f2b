import Evaluation
import Foundation
import Platform
import Testing

@Suite struct EvaluatorsTests {
  @Test func namesAreUniqueAndFound() throws {
    let names = Evaluators.all.map { $0.name }
    #expect(Set(names).count == names.count)
    for name in names { #expect(try Evaluators.all.named(name, at: "--evaluators").name == name) }
    #expect(Evaluators.all.allSatisfy { !$0.summary.isEmpty && !$0.source.isEmpty })
  }

  @Test(arguments: [("liner", "linear"), ("knm", "knn")])
  func anUnknownNameGetsTheNearestSpelling(_ name: String, _ meant: String) {
    #expect {
      try Evaluators.all.named(name, at: "--evaluators")
    } throws: { error in
      (error as? Failure)?.remedy.hasPrefix("did you mean '\(meant)'?") ?? false
    }
  }

  @Test(arguments: ["KNN", "k-nn", "nearestNeighbors"])
  func aPublishedNameFindsItsEvaluator(_ name: String) throws {
    #expect(try Evaluators.all.named(name, at: "--evaluators").name == "knn")
  }

  @Test func emptyOptionsAreTheDefaults() throws {
    func check<E: Evaluator>(_ evaluator: E.Type) throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      let empty = try Choice(E.name).decodeOptions(E.Options.self, at: E.name)
      #expect(try encoder.encode(empty) == encoder.encode(E.Options()))
    }
    for evaluator in Evaluators.all { try check(evaluator) }
  }

  @Test func givenOptionsReplaceDefaults() throws {
    let options = try Choice("linear", options: ["l2": .array([.number(0.5)]), "seed": .integer(9)])
      .decodeOptions(LinearProbeOptions.self, at: "linear")
    #expect(options.l2 == [0.5] && options.seed == 9 && options.heldOutShare == 0.1)
    let vote = try Choice("knn", options: ["k": .array([.integer(3)])])
      .decodeOptions(NearestNeighborOptions.self, at: "knn")
    #expect(vote.k == [3] && vote.temperature == 0.07)
  }

  @Test func scoresAreWrittenBesideTheirBaselines() throws {
    let train = try clusters(count: 100, width: 4, classes: 4, spread: 0.1, seed: 1)
    let test = try clusters(count: 40, width: 4, classes: 4, spread: 0.1, seed: 2)
    let pixels = EvaluationTask(
      train: try clusters(count: 100, width: 2, classes: 4, spread: 9, seed: 3),
      test: try clusters(count: 40, width: 2, classes: 4, spread: 9, seed: 4))
    var stages: [String] = []
    func measure<E: Evaluator>(_ evaluator: E.Type) throws -> [String: Any] {
      let scores = try Scores.measure(
        evaluator, EvaluationTask(train: train, test: test), baselines: ["pixels": pixels]
      ) { stage, _ in
        stages.append(stage)
      }
      let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(scores))
      return try #require(json as? [String: Any])
    }
    let linear = try measure(LinearProbe.self)
    #expect(linear["top1"] as? Double == 1)
    #expect(linear["top5"] as? Double == 1)
    #expect((linear["l2"] as? Double ?? 0) > 0)
    let lines = try #require(linear["measures"] as? [[String: Any]])
    #expect(lines.first?["name"] as? String == "top-1" && lines.first?["chance"] as? Double == 0.25)
    let baselines = try #require(linear["baselines"] as? [String: Double])
    #expect(baselines["chance"] == 0.25)
    #expect((baselines["pixels"] ?? 1) < 0.6)

    let knn = try measure(NearestNeighborVote.self)
    let top1 = try #require(knn["top1"] as? [String: Double])
    #expect(top1.keys.sorted() == ["1", "10", "20", "200", "5"])
    let pixelTop1 = (knn["baselines"] as? [String: Any])?["pixels"] as? [String: Double]
    #expect(pixelTop1?.count == 5)
    #expect(stages.contains { $0.hasPrefix("linear on pixels: ") })
  }
}
