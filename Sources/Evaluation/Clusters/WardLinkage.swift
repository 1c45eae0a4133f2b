import Platform
import Tensors

/// Agglomerative clustering by Ward's criterion (Ward, 1963): of all pairs of clusters the one whose union adds least to
/// the squared distances from means is joined, until one cluster is left.
///
/// By chains of nearest neighbours (Benzécri, 1982; Müllner, 2011) over the n²/2 distances, which the formula of Lance and
/// Williams (1967) brings up to date: n² steps, 4·n² bytes.
public struct WardLinkage: Sendable {
  /// Two clusters, each given by one of its rows, that become one.
  public struct Merge: Sendable, Equatable {
    /// A row of the first.
    public let first: Int
    /// A row of the second.
    public let second: Int
    /// √(2·|A|·|B|/(|A| + |B|))·‖mean A − mean B‖: the distance of two rows, as scipy has it.
    public let height: Double
  }

  /// All n − 1 merges, lowest first.
  public let merges: [Merge]

  /// Links `values`, row-major [rows, width]. Of equally near clusters the earlier of the chain, then of the rows, comes
  /// first.
  public init(values: [Float], width: Int) {
    self.init(values: values, width: width, threads: MachineCapacity.coreCount)
  }

  package init(values: [Float], width: Int, threads: Int) {
    precondition(width > 0 && !values.isEmpty && values.count % width == 0, "WardLinkage: sizes")
    var chain = NeighborChain(SquaredDistanceTable(PointSet(values, width: width), threads: threads))
    merges = chain.merges().enumerated()
      .sorted { ($0.element.height, $0.offset) < ($1.element.height, $1.offset) }
      .map(\.element)
  }

  /// The cluster of each row when `count` are left, numbered in the order of their first rows.
  public func clusters(_ count: Int) -> [Int] {
    let rows = merges.count + 1
    precondition((1...rows).contains(count), "WardLinkage: \(count) clusters of \(rows) rows")
    var parents = Array(0..<rows)
    func root(_ row: Int) -> Int {
      var row = row
      while parents[row] != row {
        parents[row] = parents[parents[row]]
        row = parents[row]
      }
      return row
    }
    for merge in merges.prefix(rows - count) {
      let (first, second) = (root(merge.first), root(merge.second))
      parents[max(first, second)] = min(first, second)
    }
    var numbers: [Int: Int] = [:]
    return (0..<rows).map { row in
      let root = root(row)
      if let number = numbers[root] { return number }
      numbers[root] = numbers.count
      return numbers.count - 1
    }
  }
}
