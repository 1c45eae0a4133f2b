import Foundation

/// How far clusters agree with classes; none of the numbers depends on how either are numbered.
public struct ClusterAgreement: Codable, Sendable, Equatable {
  /// Adjusted mutual information (Vinh et al., 2010): (I − E I)/((H_u + H_v)/2 − E I), 1 for equal partitions and 0 on
  /// average for random ones. 1 where both have one part, 0 where one of them has.
  public let adjustedMutualInformation: Double
  /// Normalised mutual information, 2·I/(H_u + H_v), 0…1; above 0 for random clusters, the more the more there are.
  public let normalizedMutualInformation: Double
  /// Adjusted Rand index (Hubert & Arabie, 1985): the share of pairs of rows that both partitions keep together, against
  /// its expectation. 1 for equal partitions, 0 on average for random ones.
  public let adjustedRandIndex: Double
  /// The share of rows in the class of their cluster when clusters and classes are matched one to one as well as can be;
  /// rows of clusters left over are wrong.
  public let accuracy: Double

  /// Compares two labellings of the same rows, at least one.
  public init(clusters: [Int], classes: [Int]) {
    self.init(ContingencyTable(clusters: clusters, classes: classes))
  }

  init(_ table: ContingencyTable) {
    let parts = (table.clusterSizes.count, table.classSizes.count)
    let information = Self.mutualInformation(table)
    let meanEntropy = (Self.entropy(table.clusterSizes) + Self.entropy(table.classSizes)) / 2
    if parts.0 == 1 || parts.1 == 1 {
      normalizedMutualInformation = parts.0 == parts.1 ? 1 : 0
      adjustedMutualInformation = normalizedMutualInformation
    } else {
      normalizedMutualInformation = information / meanEntropy
      let expected = ExpectedMutualInformation.of(table)
      // As scikit-learn has it, 0/0 of two partitions into single rows is 1.
      adjustedMutualInformation =
        Self.awayFromZero(information - expected) / Self.awayFromZero(meanEntropy - expected)
    }
    adjustedRandIndex = Self.adjustedRandIndex(table)
    accuracy = Self.accuracy(table)
  }

  private static func awayFromZero(_ value: Double) -> Double {
    value < 0 ? min(value, -Double.ulpOfOne) : max(value, .ulpOfOne)
  }

  /// I = Σ n_ij/n·log(n·n_ij/(a_i·b_j)), in nats.
  static func mutualInformation(_ table: ContingencyTable) -> Double {
    let total = Double(table.total)
    let sum = table.cells.reduce(0.0) { sum, cell in
      let sizes = Double(table.clusterSizes[cell.cluster]) * Double(table.classSizes[cell.label])
      return sum + Double(cell.count) / total * log(total * Double(cell.count) / sizes)
    }
    return max(sum, 0)
  }

  /// H = −Σ a_i/n·log(a_i/n), in nats.
  private static func entropy(_ sizes: [Int]) -> Double {
    let total = Double(sizes.reduce(0, +))
    return sizes.reduce(0.0) { $0 - Double($1) / total * log(Double($1) / total) }
  }

  /// (Σ C(n_ij,2) − E)/(½(Σ C(a_i,2) + Σ C(b_j,2)) − E), E = Σ C(a_i,2)·Σ C(b_j,2)/C(n,2).
  private static func adjustedRandIndex(_ table: ContingencyTable) -> Double {
    func pairs(_ count: Int) -> Double { Double(count) * Double(count - 1) / 2 }
    let together = table.cells.reduce(0) { $0 + pairs($1.count) }
    let first = table.clusterSizes.reduce(0) { $0 + pairs($1) }
    let second = table.classSizes.reduce(0) { $0 + pairs($1) }
    guard first != together || second != together else { return 1 }
    let expected = first * second / pairs(table.total)
    return (together - expected) / ((first + second) / 2 - expected)
  }

  private static func accuracy(_ table: ContingencyTable) -> Double {
    let (rows, columns) = (table.clusterSizes.count, table.classSizes.count)
    var costs = [Double](repeating: 0, count: rows * columns)
    for cell in table.cells { costs[cell.cluster * columns + cell.label] = -Double(cell.count) }
    let right = Assignment.minimizing(costs, rows: rows, columns: columns).enumerated()
      .reduce(0.0) { sum, match in match.element.map { sum - costs[match.offset * columns + $0] } ?? sum }
    return right / Double(table.total)
  }
}
