import Foundation
import Records

/// What `monitor.jsonl` of a run tells: scores of the encoder over the steps.
struct MonitorSummary: Sendable {
  /// A line an evaluator, in the order of their names.
  let lines: [CurvePlot.Line]

  /// Reads the file; no lines where there is none. Lines that are not whole are passed over.
  init(contentsOf url: URL) {
    let evaluations = RecordFile.lines(MonitorEvaluation.self, of: url)
    let names = Set(evaluations.flatMap { $0.scores.keys }).sorted()
    lines = names.map { name in
      .init(
        name: name,
        points: evaluations.compactMap { evaluation in
          evaluation.scores[name].map { (Double(evaluation.step), $0) }
        })
    }
  }

  /// A plot of all, and the best of each in words; nil without any.
  var section: String? {
    guard !lines.isEmpty else { return nil }
    let plot = CurvePlot(title: "Scores while training", xLabel: "step", yLabel: "score").svg(lines)
    let best = lines.compactMap { line -> String? in
      guard let top = line.points.max(by: { $0.y < $1.y }) else { return nil }
      return "\(Markup.escaped(line.name)) was best at step \(NumberText.grouped(Int(top.x))): "
        + NumberText.measured(top.y)
    }
    return
      "<section><h2>Monitor</h2>\n<div class=\"plots\"><figure>\(plot)</figure></div>"
      + "<p>\(best.joined(separator: "; ")).</p></section>"
  }
}
