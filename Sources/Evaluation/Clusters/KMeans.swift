import Platform
import Tensors

/// k-means by Lloyd's iterations (Lloyd, 1982).
///
/// Each row goes to its nearest centre, of equally near ones the first; each centre becomes the mean of its rows; until
/// no row moves. As in scikit-learn, centres without rows move to the rows that are farthest from their own centres.
public struct KMeans: Sendable {
  /// The centres, row-major [K, width].
  public let centers: [Float]
  /// The nearest centre of each row.
  public let clusters: [Int]
  /// Σ of the squared distances of rows to their centres.
  public let inertia: Double
  /// Times the centres moved.
  public let iterations: Int
  /// False when the iterations ran out while rows still moved.
  public let converged: Bool

  /// Moves `centers`, row-major [K, width], among `values`, row-major [rows, width] with K rows or more.
  public static func fit(
    values: [Float], width: Int, centers: [Float], maximumIterations: Int = 300
  ) -> KMeans {
    let points = PointSet(values, width: width)
    return fit(
      points, centers: PointSet(shifted: shiftedRows(centers, by: points.mean), mean: points.mean),
      maximumIterations: maximumIterations, threads: MachineCapacity.coreCount)
  }

  /// Clusters `values` into `count` from centres drawn by `seed`; see `SpreadCenters`.
  package static func fit(
    values: [Float], width: Int, count: Int, maximumIterations: Int, seed: UInt64,
    threads: Int = MachineCapacity.coreCount
  ) -> KMeans {
    let points = PointSet(values, width: width)
    let rows = SpreadCenters.rows(of: points, count: count, seed: seed, threads: threads)
    return fit(
      points, centers: points.gathered(rows), maximumIterations: maximumIterations, threads: threads)
  }

  private static func fit(
    _ points: PointSet, centers start: PointSet, maximumIterations: Int, threads: Int
  ) -> KMeans {
    precondition(start.count > 0 && start.count <= points.count, "KMeans: at most a centre a row")
    var centers = start
    var nearest = Nearest(points, centers, threads)
    var (iterations, converged) = (0, false)
    while iterations < maximumIterations, !converged {
      centers = means(points, nearest, count: centers.count, threads)
      iterations += 1
      let next = Nearest(points, centers, threads)
      converged = next.clusters == nearest.clusters
      nearest = next
    }
    return KMeans(
      centers: shiftedRows(centers.values, by: points.mean.map { -$0 }), clusters: nearest.clusters,
      inertia: nearest.squares.reduce(0, +), iterations: iterations, converged: converged)
  }

  /// The nearest centre of each point and the squared distance to it.
  private struct Nearest {
    var clusters: [Int] = []
    var squares: [Double] = []

    init(_ points: PointSet, _ centers: PointSet, _ threads: Int) {
      let blocks = rowRanges(count: points.count, multiple: 256)
      let parts = parallelMap(count: blocks.count, threads: threads) { index in
        let distances = points.squaredDistances(blocks[index], to: centers)
        return blocks[index].enumerated().map { place, row in
          let base = place * centers.count
          var best = 0
          for center in 1..<centers.count where distances[base + center] < distances[base + best] {
            best = center
          }
          return (best, points.exactSquaredDistance(row, to: best, of: centers))
        }
      }
      for (cluster, square) in parts.joined() {
        clusters.append(cluster)
        squares.append(square)
      }
    }
  }

  private static func means(
    _ points: PointSet, _ nearest: Nearest, count: Int, _ threads: Int
  ) -> PointSet {
    let width = points.width
    let pieces = rowRanges(count: points.count, pieces: 8, multiple: 256)
    let parts = parallelMap(count: pieces.count, threads: threads) { index in
      var part = Sums(count: count, width: width)
      for row in pieces[index] { part.add(row, of: points, to: nearest.clusters[row]) }
      return part
    }
    var sums = Sums(count: count, width: width)
    for part in parts { sums.add(part) }
    let empty = (0..<count).filter { sums.sizes[$0] == 0 }
    let farthest =
      empty.isEmpty
      ? []
      : nearest.squares.indices.sorted {
        (nearest.squares[$1], $0) < (nearest.squares[$0], $1)
      }
    for (cluster, row) in zip(empty, farthest) {
      sums.add(row, of: points, to: nearest.clusters[row], sign: -1)
      sums.add(row, of: points, to: cluster)
    }
    return PointSet(shifted: sums.means, mean: points.mean)
  }

  /// Sums of rows by cluster, and how many they are of.
  private struct Sums: Sendable {
    var sizes: [Int]
    var values: [Double]
    let width: Int

    init(count: Int, width: Int) {
      sizes = [Int](repeating: 0, count: count)
      values = [Double](repeating: 0, count: count * width)
      self.width = width
    }

    mutating func add(_ row: Int, of points: PointSet, to cluster: Int, sign: Int = 1) {
      sizes[cluster] += sign
      for column in 0..<width {
        values[cluster * width + column] += Double(sign) * Double(points.values[row * width + column])
      }
    }

    mutating func add(_ other: Sums) {
      for index in sizes.indices { sizes[index] += other.sizes[index] }
      for index in values.indices { values[index] += other.values[index] }
    }

    var means: [Float] {
      values.indices.map { Float(values[$0] / Double(max(sizes[$0 / width], 1))) }
    }
  }
}
