import Datasets
import Evaluation
import Foundation
import Platform
import Records
import Testing

/// What an evaluation leaves of the scores that were there before.
@Suite struct EvaluationRecordTests {
  private let train: Features
  private let test: Features

  init() throws {
    train = try clusters(count: 60, width: 4, classes: 3, spread: 1, seed: 1)
    test = try clusters(count: 30, width: 4, classes: 3, spread: 1, seed: 2)
  }

  private func report(
    _ evaluator: any Evaluator.Type, data: String, encoder: String = "e", baselines: Bool = true,
    picture: String? = nil
  ) throws -> EvaluationReport {
    let task = EvaluationTask(train: train, test: test)
    func scores<E: Evaluator>(_: E.Type) throws -> Scores {
      try Scores.measure(E.self, task, baselines: baselines ? ["pixels": task] : [:])
    }
    var report = EvaluationReport(
      weights: "w", train: .init(train), test: .init(test), scores: [try scores(evaluator)],
      identity: try JSONDecoder().decode(
        EvaluationIdentity.self, from: Data(#"{"encoder":"\#(encoder)","data":"\#(data)"}"#.utf8)))
    if let picture { report.pictures = [evaluator.name: [.init(file: picture, caption: "c")]] }
    return report
  }

  private func adding(_ report: EvaluationReport, to record: String?) throws -> String {
    try EvaluationRecord.text(adding: report, to: record.map { Data($0.utf8) })
  }

  private func tree(_ text: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  private func evaluators(_ tree: JSONValue?) -> Set<String> {
    if case .object(let found)? = tree?["evaluators"] { Set(found.keys) } else { [] }
  }

  private func earlier(_ tree: JSONValue) -> [JSONValue] {
    if case .array(let found)? = tree["earlier"] { found } else { [] }
  }

  @Test func theFirstReportIsTheRecord() throws {
    let report = try report(LinearProbe.self, data: "a")
    #expect(try adding(report, to: nil) == report.json())
    #expect(try adding(report, to: "{") == report.json())
    #expect(try adding(report, to: "[1]") == report.json())
  }

  /// The sizes of sets have two types, because the writer's tells too what was passed over.
  @Test func readersFindWhatReportsSay() throws {
    let report = try report(LinearProbe.self, data: "a", picture: "evaluation/x.png")
    let record = try #require(EvaluationRecord(json: Data(report.json().utf8)))
    #expect(record.weights == "w" && record.train.images == train.count)
    #expect(record.test.images == test.count && record.test.classes == test.classNames.count)
    let linear = try #require(record.evaluators["linear"])
    #expect(linear.measures == report.scores[0].lines && linear.leads == report.scores[0].leads)
    #expect(!linear.leads.isEmpty && linear.pictures.map(\.file) == ["evaluation/x.png"])
    #expect(record.top1 == ["linear": report.scores[0].lines[0].value])
  }

  @Test func evaluatorsOfTheSameDataCompleteEachOther() throws {
    let first = try adding(report(LinearProbe.self, data: "a"), to: nil)
    let both = try tree(adding(report(NearestNeighborVote.self, data: "a"), to: first))
    #expect(evaluators(both) == ["linear", "knn"] && earlier(both).isEmpty)
    #expect(both["evaluators"]?["linear"] == (try tree(first))["evaluators"]?["linear"])
  }

  @Test func otherDataAndOtherWeightsStandBeside() throws {
    let first = try adding(report(LinearProbe.self, data: "a", picture: "evaluation/x.png"), to: nil)
    let second = try adding(report(NearestNeighborVote.self, data: "b"), to: first)
    let third = try adding(report(LinearProbe.self, data: "b", encoder: "f"), to: second)
    let record = try tree(third)
    #expect(evaluators(record) == ["linear"])
    #expect(earlier(record).map { evaluators($0) } == [["knn"], ["linear"]])
    #expect(earlier(record)[1]["evaluators"]?["linear"]?["pictures"] != nil)
    // Back to the first: its scores come to the front again, and the picture is of the newest.
    let last = try tree(
      adding(report(NearestNeighborVote.self, data: "a", picture: "evaluation/y.png"), to: third))
    #expect(evaluators(last) == ["linear", "knn"])
    #expect(earlier(last).map { $0["identity"]?["encoder"]?.string } == ["f", "e"])
    let drawn = try tree(adding(report(LinearProbe.self, data: "c", picture: "evaluation/x.png"), to: third))
    #expect(earlier(drawn).allSatisfy { $0["evaluators"]?["linear"]?["pictures"] == nil })
  }

  @Test func recordsOfBeforeAreKept() throws {
    let old = #"{"weights":"w","evaluators":{"linear":{"top1":0.5}}}"#
    let record = try tree(adding(report(LinearProbe.self, data: "a"), to: old))
    #expect(earlier(record) == [try tree(old)])
  }

  @Test func baselinesStayWhereTheScoreIsTheSame() throws {
    let whole = try adding(report(LinearProbe.self, data: "a"), to: nil)
    let record = try tree(adding(report(LinearProbe.self, data: "a", baselines: false), to: whole))
    #expect(record["evaluators"]?["linear"]?["baselines"]?["pixels"] != nil)
    let changed = whole.replacing("\"value\" : ", with: "\"value\" : 1")
    let newer = try tree(adding(report(LinearProbe.self, data: "a", baselines: false), to: changed))
    #expect(newer["evaluators"]?["linear"]?["baselines"]?["pixels"] == nil)
  }

  @Test func theRecordStaysSmall() throws {
    var record: String?
    for number in 0..<24 {
      record = try adding(report(SpectralRank.self, data: "\(number)", baselines: false), to: record)
    }
    let found = try tree(record ?? "")
    #expect(earlier(found).map { $0["identity"]?["data"]?.string } == (13..<23).reversed().map { "\($0)" })
  }
}
