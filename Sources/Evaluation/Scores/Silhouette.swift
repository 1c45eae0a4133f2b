import Platform
import Tensors

/// The silhouette of clusters (Rousseeuw, 1987): the mean over rows of (b − a)/max(a, b), a the mean Euclidean distance to
/// the other rows of the own cluster, b the least mean distance to those of another one.
public enum Silhouette {
  /// The silhouette of at most `limit` rows drawn by `seed`, −1…1; of n rows it takes n²·width products.
  ///
  /// A row alone in its cluster counts 0. 0 where there are fewer than two clusters, and nothing to compare.
  ///
  /// - Parameters:
  ///   - values: row-major [clusters.count, width].
  ///   - clusters: the cluster of each row.
  public static func mean(
    values: [Float], width: Int, clusters: [Int], limit: Int = .max, seed: UInt64 = 0
  ) -> Double {
    mean(
      values: values, width: width, clusters: clusters, limit: limit, seed: seed,
      threads: MachineCapacity.coreCount)
  }

  package static func mean(
    values: [Float], width: Int, clusters: [Int], limit: Int, seed: UInt64, threads: Int
  ) -> Double {
    precondition(
      limit > 0 && width > 0 && values.count == clusters.count * width, "Silhouette: a cluster a row")
    let rows = drawnRows(limit, of: clusters.count, seed: seed, for: "silhouette")
    let (places, count) = ContingencyTable.places(of: rows.map { clusters[$0] })
    guard count > 1 else { return 0 }
    var sizes = [Int](repeating: 0, count: count)
    for place in places { sizes[place] += 1 }
    let points = PointSet(gatheredRows(rows, of: values, width: width), width: width)
    let blocks = rowRanges(count: rows.count, multiple: 128)
    let sums = parallelMap(count: blocks.count, threads: threads) { [sizes] index in
      let distances = points.squaredDistances(blocks[index], to: points)
      return blocks[index].enumerated().reduce(0.0) { sum, row in
        sum + score(of: row.element, distances[(row.offset * rows.count)...], places, sizes)
      }
    }
    return sums.reduce(0, +) / Double(rows.count)
  }

  /// (b − a)/max(a, b) of a row, whose squared distances to all rows come first in `squares`.
  private static func score(
    of row: Int, _ squares: ArraySlice<Double>, _ clusters: [Int], _ sizes: [Int]
  ) -> Double {
    let own = clusters[row]
    guard sizes[own] > 1 else { return 0 }
    var sums = [Double](repeating: 0, count: sizes.count)
    for other in clusters.indices where other != row {
      sums[clusters[other]] += squares[squares.startIndex + other].squareRoot()
    }
    let within = sums[own] / Double(sizes[own] - 1)
    var nearest = Double.infinity
    for cluster in sizes.indices where cluster != own {
      nearest = min(nearest, sums[cluster] / Double(sizes[cluster]))
    }
    let larger = max(within, nearest)
    return larger > 0 ? (nearest - within) / larger : 0
  }
}
