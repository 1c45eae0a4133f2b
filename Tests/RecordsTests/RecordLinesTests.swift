import Foundation
import Platform
import Records
import TestSupport
import Testing

/// Records come back as they were written, and what is newer or cut short does no harm.
@Suite struct RecordLinesTests {
  private func returned<Record: Codable>(_ record: Record) throws -> Record {
    try JSONDecoder().decode(Record.self, from: RecordFile.line(record))
  }

  @Test func sessionsAreThoseOfWholeLines() {
    let session = Provenance(commit: "abc")
    let whole = RecordFile.line(session)
    let newer = Data(
      String(decoding: whole, as: UTF8.self).replacing("{\"command", with: "{\"a\":[1],\"command").utf8)
    #expect(newer.count > whole.count)
    #expect(Provenance.sessions(in: whole + newer + whole.dropLast(9)) == [session, session])
    #expect(Provenance.sessions(in: whole + whole.dropLast()) == [session, session], "no newline at the end")
    #expect(Provenance.sessions(in: Data()).isEmpty)
  }

  @Test func looksOfAMonitorComeBack() throws {
    let folder = try TemporaryFolder()
    let look = MonitorEvaluation(step: 10, scores: ["knn": 0.5])
    let file = try folder.write(
      "monitor.jsonl",
      RecordFile.line(look) + Data(#"{"step":20,"scores":{"knn":1},"new":0}"#.utf8) + Data("\n{\"st".utf8))
    #expect(
      RecordFile.lines(MonitorEvaluation.self, of: file) == [
        look, MonitorEvaluation(step: 20, scores: ["knn": 1]),
      ])
    #expect(RecordFile.lines(MonitorEvaluation.self, of: folder.url.appendingPathComponent("none")).isEmpty)
    #expect(
      String(decoding: RecordFile.line(look), as: UTF8.self) == "{\"scores\":{\"knn\":0.5},\"step\":10}\n")
  }

  @Test func aDivergenceComesBack() throws {
    let folder = try TemporaryFolder()
    let file = RunFile.divergence.url(in: folder.url)
    #expect(RecordFile.read(Divergence.self, from: file) == nil)
    try RecordFile.write(Divergence(step: 7, first: "a/b"), to: file)
    #expect(RecordFile.read(Divergence.self, from: file) == Divergence(step: 7, first: "a/b"))
    #expect(try String(contentsOf: file, encoding: .utf8) == "{\"first\":\"a/b\",\"step\":7}\n")
    try folder.write("diverged.json", Data("{\"step\":7".utf8))
    #expect(RecordFile.read(Divergence.self, from: file) == nil)
  }

  @Test(arguments: [Stability.finished, .stalled, .diverged(step: 17)])
  func resultsOfAStudyComeBack(stability: Stability) throws {
    var result = StudyRunResult(stability: stability, steps: 16, plannedSteps: 20, scores: ["linear": 0.75])
    #expect(try returned(result) == result)
    (result.loss, result.finalLoss, result.imagesPerSecond, result.seconds) = (0.5, 0.25, 100, 8)
    result.health = ["rankMe": 3.5]
    #expect(try returned(result) == result)
    let study = StudyResults(
      name: "s", budget: "20 steps",
      tables: [
        .init(
          name: "t", rows: [.init(name: "v", runs: [.init(seed: 1, folder: "t/v/seed-1", result: result)])])
      ])
    #expect(try returned(study) == study)
    let budget = StudyBudgetRecord(seconds: 90, stepsPerSecond: 2.5, steps: 225)
    #expect(try returned(budget) == budget)
  }

  /// As versions before wrote it, and one whose ending is not known.
  @Test func aResultFromBeforeHealthIsRead() throws {
    let old = #"{"plannedSteps":20,"scores":{},"stability":{"kind":"diverged","step":3},"steps":2}"#
    let found = try JSONDecoder().decode(StudyRunResult.self, from: Data(old.utf8))
    #expect(found == StudyRunResult(stability: .diverged(step: 3), steps: 2, plannedSteps: 20, scores: [:]))
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(
        StudyRunResult.self, from: Data(old.replacing("diverged", with: "vanished").utf8))
    }
  }
}
