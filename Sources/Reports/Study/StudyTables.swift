import Platform
import Records

extension StudyResults {
  /// A line for each run that has ended, for other programs: empty where a run has no value.
  public var csv: String {
    let scores = columns.compactMap { column in
      if case .score(let name) = column { name } else { nil }
    }
    let logged = Set(tables.flatMap(\.rows).flatMap(\.ended).compactMap(\.health).flatMap(\.keys))
    let health = Metric.ofFeatures.map(\.key).filter(logged.contains)
    let head =
      ["table", "variant", "seed", "stability", "step", "steps", "plannedSteps", "loss", "finalLoss"]
      + scores + health + ["imagesPerSecond", "seconds", "folder"]
    var lines = [head]
    for table in tables {
      for row in table.rows {
        for run in row.runs {
          guard let result = run.result else { continue }
          var step = ""
          if case .diverged(let found) = result.stability { step = "\(found)" }
          lines.append(
            [table.name, row.name, "\(run.seed)", result.stability.kind, step, "\(result.steps)"]
              + ["\(result.plannedSteps)", text(result.loss), text(result.finalLoss)]
              + scores.map { text(result.scores[$0]) } + health.map { text(result.health?[$0]) }
              + [text(result.imagesPerSecond), text(result.seconds), run.folder])
        }
      }
    }
    return CSV.text(lines)
  }

  /// A Markdown table for each table: mean ± standard deviation over seeds.
  public var markdown: String {
    let columns = columns
    let sections = tables.map { table -> String in
      var lines = [["variant"] + columns.map(\.title) + ["stability"]]
      lines.append(["---"] + columns.map { _ in "---:" } + ["---"])
      for row in table.rows {
        lines.append([row.name] + columns.map { $0.text(row.summary($0)) } + [row.stability])
      }
      let body = lines.map { cells in
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
      }
      return "## \(table.name)\n\n" + body.joined(separator: "\n") + "\n"
    }
    return "# \(name)\n\n\(caption)\n\n" + sections.joined(separator: "\n")
  }

  /// What the numbers of the tables are.
  var caption: String {
    "Budget of a run: \(budget). Mean ± standard deviation over seeds; the loss is the mean over the last twentieth of a run."
  }

  private func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}
