import Foundation

/// Scores beside their baselines, with the pictures that belong to them.
struct ScoresSection: Sendable {
  let heading: String
  let scores: EvaluationScores
  /// The pictures that could be read.
  let pictures: [EmbeddedPicture]

  /// The HTML; nil without a score.
  var html: String? {
    guard let table = Self.table(scores) else { return nil }
    let figures =
      pictures.isEmpty ? "" : "\n<div class=\"pictures\">\n\(pictures.map(\.figure).joined())</div>"
    let earlier = scores.earlier.compactMap(Self.table)
    let before =
      earlier.isEmpty
      ? ""
      : "\n<details><summary>Earlier, on other sets or of other weights</summary>\(earlier.joined())</details>"
    return "<section><h2>\(heading)</h2>\n\(table)\(figures)\(before)</section>"
  }

  private static func table(_ scores: EvaluationScores) -> String? {
    guard !scores.rows.isEmpty else { return nil }
    let sets = [("trained on", scores.train), ("tested on", scores.test)].compactMap { verb, set -> String? in
      guard let images = set.images else { return nil }
      let classes = set.classes.map { " in \(NumberText.grouped($0)) classes" } ?? ""
      return "\(verb) \(NumberText.grouped(images)) images\(classes)"
    }
    let caption = [scores.weights.map { "Weights \(Markup.escaped($0))" }].compactMap(\.self) + sets
    return """
      <div class="wide"><table>
      <thead><tr><th scope="col">Evaluator</th><th scope="col">This model</th><th scope="col">Chance</th>\
      <th scope="col">Raw pixels</th><th scope="col">Random init</th>\
      <th scope="col">Over best baseline</th></tr></thead>
      <tbody>
      \(scores.rows.map(line).joined(separator: "\n"))
      </tbody></table></div>
      <p class="detail">\(caption.joined(separator: " · "))</p>
      """
  }

  private static func line(_ row: EvaluationScores.Row) -> String {
    let show = { (value: Double?) in
      value.map { row.isAccuracy ? NumberText.percentage($0) : NumberText.measured($0) } ?? "–"
    }
    let baselines = [row.chance, row.pixels, row.randomInit].map { "<td>\(show($0))</td>" }.joined()
    let hint = row.isLowerBetter == true ? " <span class=\"detail\">(lower is better)</span>" : ""
    return
      "<tr><th scope=\"row\">\(Markup.escaped(row.name))\(hint)</th><td class=\"model\">\(show(row.score))</td>"
      + "\(baselines)\(gain(row))</tr>"
  }

  /// The distance to the best baseline: green where it is for the better, red where it is for the worse.
  private static func gain(_ row: EvaluationScores.Row) -> String {
    guard let isLowerBetter = row.isLowerBetter, let baseline = row.bestBaseline else { return "<td>–</td>" }
    // As it is shown: what rounds to nothing is neither better nor worse.
    let points = ((row.score - baseline) * 1000).rounded() / 10
    let difference = row.isAccuracy ? points : row.score - baseline
    let amount =
      row.isAccuracy
      ? "\(NumberText.fixed(abs(points), decimals: 1)) points" : NumberText.measured(abs(difference))
    let isBetter = isLowerBetter ? difference < 0 : difference > 0
    let style = difference == 0 ? "" : isBetter ? " class=\"better\"" : " class=\"worse\""
    return "<td\(style)>\(difference > 0 ? "+" : difference < 0 ? "−" : "")\(amount)</td>"
  }
}
