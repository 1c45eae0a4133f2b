/// How many rows each cluster shares with each class: the pairs that occur, and the sums of rows and columns.
///
/// Clusters and classes are any whole numbers; only those that occur count, in ascending order.
public struct ContingencyTable: Sendable, Equatable {
  /// A cluster and a class with rows in common.
  public struct Cell: Sendable, Equatable {
    /// Place of the cluster among `clusterSizes`.
    public let cluster: Int
    /// Place of the class among `classSizes`.
    public let label: Int
    /// Rows that both have.
    public let count: Int
  }

  /// The pairs that share a row, by cluster and then by class.
  public let cells: [Cell]
  /// Rows of each cluster.
  public let clusterSizes: [Int]
  /// Rows of each class.
  public let classSizes: [Int]
  /// All rows.
  public let total: Int

  /// Counts two labellings of the same rows.
  public init(clusters: [Int], classes: [Int]) {
    precondition(
      clusters.count == classes.count && !clusters.isEmpty, "ContingencyTable: two labels a row are wanted")
    let (first, second) = (Self.places(of: clusters), Self.places(of: classes))
    let columns = second.count
    var counts: [Int: Int] = [:]
    for (cluster, label) in zip(first.places, second.places) {
      counts[cluster * columns + label, default: 0] += 1
    }
    cells = counts.sorted { $0.key < $1.key }.map { key, count in
      Cell(cluster: key / columns, label: key % columns, count: count)
    }
    clusterSizes = Self.sizes(first.places, first.count)
    classSizes = Self.sizes(second.places, second.count)
    total = clusters.count
  }

  /// The places of labels among the different ones, ascending, and how many different ones there are.
  static func places(of labels: [Int]) -> (places: [Int], count: Int) {
    let different = Set(labels).sorted()
    let place = Dictionary(uniqueKeysWithValues: different.enumerated().map { ($1, $0) })
    return (labels.map { place[$0] ?? 0 }, different.count)
  }

  private static func sizes(_ places: [Int], _ count: Int) -> [Int] {
    var sizes = [Int](repeating: 0, count: count)
    for place in places { sizes[place] += 1 }
    return sizes
  }
}
