import Foundation
import Platform
import Records
import Reports
import TestSupport
import Testing

@Suite struct StudyResultsTests {
  private func result(
    _ losses: [Double], planned: Int? = nil, divergedAt: Int? = nil, scores: [String: Double] = [:]
  ) throws -> StudyRunResult {
    let folder = try TemporaryFolder()
    let lines = losses.enumerated().map { index, loss in
      "{\"step\":\((index + 1) * 10),\"loss\":\(loss.isFinite ? "\(loss)" : "null"),"
        + "\"imagesPerSecond\":\(100 + index % 3),\"seconds\":\(index + 1)}\n"
    }
    let file = try folder.write("metrics.jsonl", lines.joined())
    return try StudyRunResult(
      metrics: file, plannedSteps: planned ?? losses.count * 10, divergedAt: divergedAt, scores: scores)
  }

  /// A hundred logged lines.
  private func losses(_ loss: (Double) -> Double) -> [Double] { (0..<100).map { loss(Double($0)) } }

  @Test func aRunThatLearnsHasFinished() throws {
    let found = try result(losses { 1 / ($0 + 5) })
    #expect(found.stability == .finished && found.steps == 1000 && found.imagesPerSecond == 101)
    // The last twentieth: lines 96 to 100.
    let last = losses { 1 / ($0 + 5) }.suffix(5).reduce(0, +) / 5
    #expect(abs((found.loss ?? .nan) - last) <= 1e-12)
    #expect(found.finalLoss == 1 / 104.0 && found.seconds == 100)
    #expect(try result([0.5]).stability == .finished)
    #expect(try result([]).loss == nil)
  }

  @Test func whatStandsStillAfterATenthHasStalled() throws {
    let plateau = losses { $0 < 6 ? 1.5 - 0.08 * $0 : 1 }
    #expect(try result(plateau).stability == .stalled)
    let slow = losses { 1 - 0.0005 * $0 }
    #expect(try result(slow).stability == .finished)
    let slower = losses { 1 - 0.0001 * $0 }
    #expect(try result(slower).stability == .stalled)
  }

  /// A loss that falls fast, but to that of an answer that does not look at the images.
  @Test(arguments: [(2.0, Stability.finished), (1.01, .stalled)])
  func whatEndsAtItsBaselineHasStalled(baseline: Double, wanted: Stability) throws {
    let folder = try TemporaryFolder()
    let lines = (1...100).map { step in
      "{\"step\":\(step),\"loss\":\(1 + 2 / Double(step))\(step % 50 == 0 ? ",\"baselineLoss\":\(baseline)" : "")}\n"
    }
    let file = try folder.write("metrics.jsonl", lines.joined())
    let found = try StudyRunResult(metrics: file, plannedSteps: 100, divergedAt: nil, scores: [:])
    #expect(found.stability == wanted)
  }

  /// The step is the first after the last calm twentieth.
  @Test func whatRisesAndStaysHasDiverged() throws {
    let risen = losses { $0 < 50 ? 1 - 0.01 * $0 : 2 }
    #expect(try result(risen).stability == .diverged(step: 501))
    let spike = losses { $0 == 50 ? 20 : 1 - 0.009 * $0 }
    #expect(try result(spike).stability == .finished)
    let broken = try result([1, 0.9, 0.8], planned: 500, divergedAt: 34)
    #expect(broken.stability == .diverged(step: 34) && broken.steps == 33 && broken.plannedSteps == 500)
  }

  private func study() throws -> StudyResults {
    func run(_ seed: UInt64, _ result: StudyRunResult?) -> StudyResults.Run {
      .init(seed: seed, folder: "t/v/seed-\(seed)", result: result)
    }
    let good = losses { 1 / ($0 + 5) }
    return StudyResults(
      name: "a <b> study", budget: "1000 steps",
      tables: [
        .init(
          name: "one, two",
          rows: [
            .init(
              name: "plain",
              runs: [
                run(0, try result(good, scores: ["linear": 0.8])),
                run(1, try result(good.map { 2 * $0 }, scores: ["linear": 0.9])),
              ]),
            .init(
              name: "x | \"y\" & <z>",
              runs: [run(0, try result([1], divergedAt: 3)), run(1, nil)]),
          ])
      ])
  }

  @Test func tablesHoldMeansAndSpreads() throws {
    let study = try study()
    let markdown = study.markdown
    #expect(markdown.contains("| variant | loss | linear probe, % | images/s | steps | stability |"))
    #expect(markdown.contains("| plain | 0.0147 ± 0.0069 | 85.00 ± 7.07 | 101 ± 0 | 1000 ± 0 | finished |"))
    #expect(
      markdown.contains(
        #"| x \| "y" & <z> | 1.0000 | – | 100 | 2 | diverged at step 3, 1 to come |"#), "\(markdown)")
    let csv = study.csv.split(separator: "\n")
    #expect(csv.count == 4)
    #expect(csv[1].hasPrefix(#""one, two",plain,0,finished,,1000,1000,"#))
    #expect(csv[3].hasPrefix(#""one, two","x | ""y"" & <z>",0,diverged,3,2,10,1.0,1.0,,100.0,"#))
  }

  @Test func thePageNeedsNothingElseAndIsWellFormed() throws {
    let folder = try TemporaryFolder()
    try study().write(to: folder.url)
    let html = try String(contentsOf: folder.url.appendingPathComponent("table.html"), encoding: .utf8)
    #expect(!html.contains("<script") && !html.contains("<link") && !html.contains("url("))
    #expect(html.contains("default-src 'none'") && html.contains("a &lt;b&gt; study"))
    #expect(
      html.contains("<table class=\"many\">")
        && html.contains(".many td{padding:9px 10px;white-space:normal}"))
    #expect(html.contains("<td>0.0147 ±\u{a0}0.0069</td>"), "a line is not broken behind ±")
    let body = try #require(html.firstRange(of: "<body>"))
    #expect(XMLCheck.isWellFormed(String(html[body.lowerBound...]).replacing("</html>", with: "")))
    #expect(html.matches(of: /<svg\s/).count == 3)
    #expect(
      try String(contentsOf: folder.url.appendingPathComponent("results.csv"), encoding: .utf8)
        == study().csv)
  }

  /// A bar reaches from the mean less a deviation to the mean and one; dots of runs lie where their values do.
  @Test func errorBarsAreWhereTheyShouldBe() throws {
    let folder = try TemporaryFolder()
    try study().write(to: folder.url)
    let html = try String(contentsOf: folder.url.appendingPathComponent("table.html"), encoding: .utf8)
    let plot = try #require(
      html.split(separator: "<svg").first { $0.contains("aria-label=\"linear probe, %\"") })
    let dots = plot.matches(of: /class="vp-(run|dot)" cx="([\d.]+)"/).map {
      (String($0.1), Double($0.2) ?? .nan)
    }
    let runs = dots.filter { $0.0 == "run" }.map(\.1)
    let mean = try #require(dots.first { $0.0 == "dot" }?.1)
    let bar = try #require(plot.firstMatch(of: /vp-bold" d="M([\d.]+) [\d.]+H([\d.]+)M/))
    let (from, to) = (Double(bar.1) ?? .nan, Double(bar.2) ?? .nan)
    #expect(runs.count == 2 && abs(mean - (runs[0] + runs[1]) / 2) <= 0.1)
    // The deviation of two values is their distance over √2.
    #expect(abs((to - from) - (runs[1] - runs[0]) * 2.0.squareRoot()) <= 0.3)
    #expect(abs((to + from) / 2 - mean) <= 0.1)
  }

  /// Two variants whose losses fall from 1 to 0.5 of baselines of 2 and of 4.
  private func halved(
    in folder: TemporaryFolder, baselines: [Double?]
  ) throws -> StudyResults {
    let rows = try baselines.enumerated().map { index, baseline in
      let lines = (1...20).map { step in
        "{\"step\":\(step),\"loss\":\((baseline ?? 3) * (1 - 0.025 * Double(step)))"
          + (baseline.map { ",\"baselineLoss\":\($0)" } ?? "")
          + ",\"rankMe\":\(10 + step),\"featureStd\":0.5}\n"
      }
      let name = "v\(index)"
      let log = try folder.write("\(name)/metrics.jsonl", lines.joined())
      let result = try StudyRunResult(metrics: log, plannedSteps: 20, divergedAt: nil, scores: [:])
      return StudyResults.Row(name: name, runs: [.init(seed: 0, folder: name, result: result)])
    }
    return StudyResults(name: "curves", budget: "20 steps", tables: [.init(name: "t", rows: rows)])
  }

  /// Losses of different units fall on one line when each is a share of its baseline, and not as they are.
  @Test(arguments: [[2.0, 4.0], [2.0, nil]])
  func curvesAreSharesOfBaselinesWhereAllAreKnown(baselines: [Double?]) throws {
    let folder = try TemporaryFolder()
    let study = try halved(in: folder, baselines: baselines)
    try study.write(to: folder.url)
    let html = try String(contentsOf: folder.url.appendingPathComponent("table.html"), encoding: .utf8)
    func lines(_ title: String) throws -> [String] {
      let plot = try #require(html.split(separator: "<svg").first { $0.contains("aria-label=\"\(title)\"") })
      return plot.matches(of: /vp-bold" d="([^"]+)"/).map { String($0.1) }
    }
    let losses = try lines("Loss")
    #expect(losses.count == 2 && (losses[0] == losses[1]) == !baselines.contains(nil))
    #expect(html.contains("loss / baseline") == !baselines.contains(nil))
    let ranks = try lines("Effective rank (RankMe)")
    #expect(ranks.count == 2 && ranks[0] == ranks[1])
  }

  @Test func healthHasItsColumns() throws {
    let study = try halved(in: try TemporaryFolder(), baselines: [2, nil])
    #expect(study.markdown.contains("| variant | loss | RankMe | spread | images/s | steps | stability |"))
    #expect(study.markdown.contains(" | 30.0 | 0.500 | – | 20 | finished |"))
    let csv = study.csv.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let column = try #require(csv[0].firstIndex(of: "baselineLoss"))
    #expect(csv[1][column] == "2.0" && csv[2][column].isEmpty)
  }

  /// More names than a row has room for go into further plots.
  @Test func manyCurvesAreSpreadOverPlots() throws {
    let folder = try TemporaryFolder()
    var study = try halved(in: folder, baselines: [2])
    let row = study.tables[0].rows[0]
    study.tables[0].rows = (0..<12).map { .init(name: "variant number \($0)", runs: row.runs) }
    try study.write(to: folder.url)
    let html = try String(contentsOf: folder.url.appendingPathComponent("table.html"), encoding: .utf8)
    #expect(html.matches(of: /aria-label="Loss"/).count == 4)
    for index in 0..<12 { #expect(html.contains(">variant number \(index)</text>")) }
  }

  @Test func resultsSurviveTheirFile() throws {
    let study = try study()
    let data = Data(JSONValue.encoding(study).text.utf8)
    #expect(try JSONDecoder().decode(StudyResults.self, from: data) == study)
  }
}
