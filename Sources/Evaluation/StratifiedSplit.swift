import Tensors

/// A reproducible cut of labelled rows into a part to fit on and a part held out, class by class.
///
/// From each class with n ≥ 2 rows, round(n · share) rows, at least one and at most n − 1, are held out;
/// a class with a single row stays in the fitting part. Where the fitting part is limited, every class keeps
/// its share of the limit, at least one row.
public struct StratifiedSplit: Sendable {
  /// Rows to fit on, ascending.
  public let fit: [Int]
  /// Rows held out, ascending; empty when no class has two rows.
  public let heldOut: [Int]

  /// Cuts rows `0..<labels.count`.
  ///
  /// - Parameters:
  ///   - share: share of each class to hold out, in 0..<1.
  ///   - fitLimit: about how many rows to keep for fitting at most.
  ///   - seed: equal seeds give equal cuts.
  public init(labels: [Int], classCount: Int, share: Double, fitLimit: Int = .max, seed: UInt64) {
    var rowsOfClass = [[Int]](repeating: [], count: classCount)
    for (row, label) in labels.enumerated() { rowsOfClass[label].append(row) }
    var random = RandomStream(seed: seed, purpose: .split)
    var heldOut: [Int] = []
    var remaining: [[Int]] = []
    for rows in rowsOfClass {
      let shuffled = random.permutation(rows.count).map { rows[Int($0)] }
      let wanted = Int((Double(rows.count) * share).rounded())
      let taken = rows.count < 2 ? 0 : min(max(wanted, 1), rows.count - 1)
      heldOut += shuffled[..<taken]
      remaining.append(Array(shuffled[taken...]))
    }
    let total = labels.count - heldOut.count
    let kept = min(1, Double(fitLimit) / Double(max(total, 1)))
    fit = remaining.flatMap { rows in
      rows.prefix(kept < 1 ? max(1, Int((Double(rows.count) * kept).rounded())) : rows.count)
    }.sorted()
    self.heldOut = heldOut.sorted()
  }
}
