/// Average precision: Σ (Rₙ − Rₙ₋₁)·Pₙ over the thresholds between different scores, from the highest down, as
/// scikit-learn's `average_precision_score` has it.
package enum AveragePrecision {
  /// The average precision of scores, of which `positives` should be the highest; nil without positives.
  ///
  /// Equal scores are passed together, in whatever order they are given.
  package static func score(_ scores: [Float], positives: [Bool]) -> Double? {
    precondition(scores.count == positives.count, "AveragePrecision: a score a row")
    let total = positives.count { $0 }
    guard total > 0 else { return nil }
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var (found, sum) = (0, 0.0)
    var next = 0
    while next < order.count {
      let threshold = scores[order[next]]
      var passed = 0
      repeat {
        if positives[order[next]] { passed += 1 }
        next += 1
      } while next < order.count && scores[order[next]] == threshold
      found += passed
      sum += Double(passed) * Double(found) / Double(next)
    }
    return sum / Double(total)
  }
}
