import Records

/// How far scores are above those of a baseline, ready to be said.
struct StatedLead: Sendable, Equatable {
  /// What it is ahead of, by its name in `evaluation.json`.
  let baseline: String
  /// The score less the baseline's, the other way round where lower is better.
  let difference: Double
  /// Over test images; nil where none is known.
  let standardError: Double?
  /// Whether so large a difference would be chance in fewer than one of twenty cases; without an error, any difference.
  let isSure: Bool

  /// States an entry of `leads`.
  init(_ lead: Lead, over baseline: String) {
    self.baseline = baseline
    (difference, standardError, isSure) = (lead.difference, lead.standardError, lead.pValue < 0.05)
  }

  /// The distance of two numbers of which no error is known.
  init(of value: Double, over other: Double, isLowerBetter: Bool, baseline: String) {
    self.baseline = baseline
    difference = isLowerBetter ? other - value : value - other
    standardError = nil
    isSure = difference != 0
  }

  /// `ahead of raw pixels by 1.9 ± 0.4 points`, `no better than its random start (0.1 ± 0.3 points)`.
  var text: String {
    let name = ["pixels": "raw pixels", "randomInit": "its random start"][baseline] ?? baseline
    let error = standardError.map { " ± \(Self.points($0))" } ?? ""
    guard isSure else { return "no better than \(name) (\(Self.points(difference))\(error) points)" }
    let verb = difference > 0 ? "ahead of" : "behind"
    return "\(verb) \(name) by \(Self.points(abs(difference)))\(error) points"
  }

  private static func points(_ share: Double) -> String { NumberText.fixed(share * 100, decimals: 1) }
}
