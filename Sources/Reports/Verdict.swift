/// What scores come to in words, the same on the terminal and in the report.
package struct Verdict: Sendable, Equatable {
  /// `ahead of its random start by 9.3 ± 0.5 points, ahead of raw pixels by 1.9 ± 0.4 points; features use 56 of 128
  /// directions`.
  package let text: String
  /// What was scored on what, and what `±` is.
  package let meaning: String
  /// Whether it is ahead of all that it was compared with.
  let isAhead: Bool

  /// Says what the most telling evaluator found; nil where nothing can be compared.
  init?(_ scores: EvaluationScores) {
    let leads = scores.leads.filter { $0.baseline != "chance" }
    let shown = leads.isEmpty ? scores.leads : leads
    let parts =
      [shown.map(\.text).joined(separator: ", "), scores.directions?.text ?? ""].filter { !$0.isEmpty }
    guard !parts.isEmpty else { return nil }
    text = parts.joined(separator: "; ")
    isAhead = shown.allSatisfy { $0.isSure && $0.difference > 0 }
    let images =
      (scores.test.images ?? scores.train.images).map { " on \(NumberText.grouped($0)) images" } ?? ""
    let measure = scores.tellingName.map { $0 + images } ?? "RankMe\(images)"
    meaning =
      if shown.isEmpty {
        measure
      } else if shown.allSatisfy({ $0.standardError != nil }) {
        "\(measure); ± is the standard error of the difference over test images, ahead and behind have p < 0.05"
      } else {
        "\(measure); how sure the difference is is not known"
      }
  }
}

/// How many of the directions that features could fill they do fill.
package struct DirectionUse: Sendable, Equatable {
  let used: Double
  let of: Int

  /// `features use 56 of 128 directions`.
  var text: String {
    "features use \(NumberText.fixed(used, decimals: used < 9.95 ? 1 : 0)) of \(NumberText.grouped(of)) directions"
  }
}
