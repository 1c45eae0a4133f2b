/// Average precision: Σ over falling thresholds of (recall − recall before) · precision, without interpolation, as
/// scikit-learn's `average_precision_score`.
public enum AveragePrecision {
  /// The average precision of finite scores of rows, of which some are positive; rows of equal score share a threshold.
  /// nil without a positive row.
  public static func of(scores: [Float], positives: [Bool]) -> Double? {
    precondition(scores.count == positives.count, "AveragePrecision: a score a row")
    let total = positives.count { $0 }
    guard total > 0 else { return nil }
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    var (sum, found, before) = (0.0, 0, 0)
    for (place, row) in order.enumerated() {
      if positives[row] { found += 1 }
      let isLastOfEquals = place + 1 == order.count || scores[order[place + 1]] != scores[row]
      guard isLastOfEquals else { continue }
      sum += Double(found - before) * Double(found) / Double(place + 1)
      before = found
    }
    return sum / Double(total)
  }

  /// The average precision of a ranking, best first: Σ of the precisions at its relevant entries, over as many of all
  /// `relevantCount` relevant entries as fit into it. 0 where there are none.
  public static func of(ranking isRelevant: some Collection<Bool>, relevantCount: Int) -> Double {
    var (sum, found) = (0.0, 0)
    for (place, relevant) in isRelevant.enumerated() where relevant {
      found += 1
      sum += Double(found) / Double(place + 1)
    }
    let possible = min(relevantCount, isRelevant.count)
    return possible > 0 ? sum / Double(possible) : 0
  }
}
