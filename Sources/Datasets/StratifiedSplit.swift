import Platform
import Tensors

/// A reproducible cut of labelled rows into a part to fit on and a part held out, class by class.
public struct StratifiedSplit: Sendable {
  /// Rows to fit on, ascending.
  public let fit: [Int]
  /// Rows held out, ascending.
  public let heldOut: [Int]

  /// Cuts rows `0..<labels.count` so that both parts have every class of two rows or more.
  ///
  /// From each class with n ≥ 2 rows, round(n · share) rows, at least one and at most n − 1, are held out;
  /// a class with a single row stays in the fitting part. Where the fitting part is limited, every class keeps
  /// its share of the limit, at least one row.
  ///
  /// - Parameters:
  ///   - share: share of each class to hold out, in 0..<1.
  ///   - fitLimit: about how many rows to keep for fitting at most.
  ///   - seed: equal seeds give equal cuts.
  public init(labels: [Int], classCount: Int, share: Double, fitLimit: Int = .max, seed: UInt64) {
    var heldOut: [Int] = []
    var remaining: [[Int]] = []
    for rows in Self.shuffledClasses(of: labels, classCount: classCount, seed: seed) {
      let wanted = Int((Double(rows.count) * share).rounded())
      let taken = rows.count < 2 ? 0 : min(max(wanted, 1), rows.count - 1)
      heldOut += rows[..<taken]
      remaining.append(Array(rows[taken...]))
    }
    let total = labels.count - heldOut.count
    let kept = min(1, Double(fitLimit) / Double(max(total, 1)))
    fit = remaining.flatMap { rows in
      rows.prefix(kept < 1 ? max(1, Int((Double(rows.count) * kept).rounded())) : rows.count)
    }.sorted()
    self.heldOut = heldOut.sorted()
  }

  /// Cuts rows `0..<labels.count` so that round(n · share) of all n are held out, and of each class its share to within
  /// one row (largest remainders); rows without a label count as a class. The last row of a class is never held out.
  ///
  /// - Parameters:
  ///   - share: share of the rows to hold out, in 0..<1.
  ///   - seed: equal seeds give equal cuts.
  public init(labels: [Int?], classCount: Int, share: Double, seed: UInt64) {
    let classes = Self.shuffledClasses(of: labels, classCount: classCount, seed: seed)
    let counts = apportion(
      Int((Double(labels.count) * share).rounded()), among: classes.map { Double($0.count) },
      capacities: classes.map { max(0, $0.count - 1) })
    heldOut = zip(classes, counts).flatMap { $0.prefix($1) }.sorted()
    fit = zip(classes, counts).flatMap { $0.dropFirst($1) }.sorted()
  }

  /// `count` of the rows `0..<labels.count`, ascending, in which each class has its share to within one row (largest
  /// remainders); rows without a label count as a class.
  static func sample(_ count: Int, of labels: [Int?], classCount: Int, seed: UInt64) -> [Int] {
    precondition(count <= labels.count, "StratifiedSplit: \(count) of \(labels.count) rows")
    let classes = shuffledClasses(of: labels, classCount: classCount, seed: seed)
    let counts = apportion(
      count, among: classes.map { Double($0.count) }, capacities: classes.map(\.count))
    return zip(classes, counts).flatMap { $0.prefix($1) }.sorted()
  }

  /// The rows of each class, and those without one at the end, in an order drawn at random.
  private static func shuffledClasses(of labels: [Int?], classCount: Int, seed: UInt64) -> [[Int]] {
    var rowsOfClass = [[Int]](repeating: [], count: classCount + 1)
    for (row, label) in labels.enumerated() { rowsOfClass[label ?? classCount].append(row) }
    var random = RandomStream(seed: seed, purpose: .split)
    return rowsOfClass.map { rows in random.permutation(rows.count).map { rows[Int($0)] } }
  }
}
