import Foundation
import Platform
import Tensors

/// Rows to start k-means from, by k-means++ (Arthur & Vassilvitskii, 2007) in its greedy form, scikit-learn's: the first
/// at random, each next one the best of 2 + ⌊ln K⌋ rows drawn in proportion to their squared distance from the rows so
/// far, the best leaving the least sum of squared distances.
enum SpreadCenters {
  /// `count` rows of `points`. Where all points coincide with rows so far, the next is any row.
  static func rows(of points: PointSet, count: Int, seed: UInt64, threads: Int) -> [Int] {
    precondition(count > 0 && count <= points.count, "SpreadCenters: at most a centre a row")
    var random = RandomStream(seed: seed, purpose: .resampling, name: "k-means++")
    let first = random.index(below: points.count)
    var rows = [first]
    var squares = distances(points, to: [first], threads)[0]
    let trials = 2 + Int(log(Double(count)))
    while rows.count < count {
      var sums: [Double] = []
      sums.reserveCapacity(squares.count)
      for square in squares { sums.append((sums.last ?? 0) + square) }
      let total = sums.last ?? 0
      let candidates = (0..<trials).map { _ in
        total > 0
          ? place(of: random.uniform() * total, in: sums) : random.index(below: points.count)
      }
      let found = distances(points, to: candidates, threads).map { zip($0, squares).map { min($0, $1) } }
      let potentials = found.map { $0.reduce(0, +) }
      var best = 0
      for trial in 1..<trials where potentials[trial] < potentials[best] { best = trial }
      rows.append(candidates[best])
      squares = found[best]
    }
    return rows
  }

  /// The squared distances of all points to each of some rows, 0 to the row itself.
  private static func distances(_ points: PointSet, to rows: [Int], _ threads: Int) -> [[Double]] {
    let targets = points.gathered(rows)
    let blocks = rowRanges(count: points.count, multiple: 1024)
    let parts = parallelMap(count: blocks.count, threads: threads) { index in
      points.squaredDistances(blocks[index], to: targets)
    }
    return rows.indices.map { target in
      var squares = parts.flatMap { part in
        stride(from: target, to: part.count, by: rows.count).map { part[$0] }
      }
      squares[rows[target]] = 0
      return squares
    }
  }

  /// The first place whose running sum is above `value`.
  private static func place(of value: Double, in sums: [Double]) -> Int {
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
