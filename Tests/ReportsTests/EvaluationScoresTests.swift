import Foundation
import Reports
import Testing

@Suite struct EvaluationScoresTests {
  @Test func theDocumentedFormatBecomesATable() throws {
    let json = """
      {"weights": "runs/a", "train": {"images": 5000, "classes": 10}, "test": {"images": 8000, "classes": 10},
       "evaluators": {
        "knn": {"top1": {"20": 0.61, "5": 0.6, "200": 0.55},
                "baselines": {"chance": 0.1, "pixels": {"5": 0.3, "20": 0.31}, "randomInit": {"top1": {"20": 0.28}}}},
        "linear": {"top1": 0.7, "top5": 0.97, "l2": 0.001,
                   "baselines": {"chance": 0.1, "pixels": {"top1": 0.4, "top5": 0.8}, "randomInit": 0.35}},
        "rank": {"effectiveRank": 57.5, "note": "text"}}}
      """
    let scores = try #require(EvaluationScores(json: Data(json.utf8)))
    typealias Row = EvaluationScores.Row
    #expect(scores.weights == "runs/a" && scores.train.images == 5000 && scores.test.classes == 10)
    #expect(
      scores.rows == [
        Row(
          name: "Linear probe", score: 0.7, isAccuracy: true, isLowerBetter: false, chance: 0.1, pixels: 0.4,
          randomInit: 0.35),
        Row(name: "Linear probe, top 5", score: 0.97, isAccuracy: true, isLowerBetter: false, pixels: 0.8),
        Row(
          name: "k-NN, k = 5", score: 0.6, isAccuracy: true, isLowerBetter: false, chance: 0.1, pixels: 0.3),
        Row(
          name: "k-NN, k = 20", score: 0.61, isAccuracy: true, isLowerBetter: false, chance: 0.1,
          pixels: 0.31, randomInit: 0.28),
        Row(name: "k-NN, k = 200", score: 0.55, isAccuracy: true, isLowerBetter: false, chance: 0.1),
        Row(name: "rank, effectiveRank", score: 57.5, isAccuracy: false),
      ])
    #expect(scores.rows[0].bestBaseline == 0.4 && scores.rows[5].bestBaseline == nil)
  }

  @Test(arguments: ["", "[]", "{}", "{\"evaluators\": 3}", "{\"evaluators\": {\"linear\":"])
  func otherJSONIsNone(json: String) {
    #expect(EvaluationScores(json: Data(json.utf8)) == nil)
  }

  @Test func oddPiecesAreLeftOut() throws {
    let json = #"{"evaluators": {"linear": 3, "knn": {"top1": null, "baselines": []}, "x": {"top1": 0.5}}}"#
    let scores = try #require(EvaluationScores(json: Data(json.utf8)))
    #expect(scores.rows == [.init(name: "x", score: 0.5, isAccuracy: true, isLowerBetter: false)])
    #expect(scores.train.images == nil && scores.weights == nil)
  }

  @Test func ofALowerIsBetterMeasureTheLowestBaselineIsTheBest() throws {
    let json = #"""
      {"evaluators": {"linear": {"measures": [
        {"name": "calibration error", "value": 0.02, "kind": "share", "direction": "lowerIsBetter",
         "baselines": {"pixels": 0.05, "randomInit": 0.09}},
        {"name": "top-5", "value": 0.9, "kind": "share", "direction": "higherIsBetter",
         "baselines": {"pixels": 0.8, "randomInit": 0.7}},
        {"name": "spread", "value": 0.1, "kind": "share", "direction": "neither", "baselines": {"pixels": 0.3}},
        {"name": "old", "value": 0.1, "kind": "share", "baselines": {"pixels": 0.3}}]}}}
      """#
    let rows = try #require(EvaluationScores(json: Data(json.utf8))).rows
    #expect(rows.map(\.isLowerBetter) == [true, false, nil, nil])
    #expect(rows.map(\.bestBaseline) == [0.05, 0.8, nil, nil])
  }
}
