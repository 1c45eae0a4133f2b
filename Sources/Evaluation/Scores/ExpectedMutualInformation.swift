import Foundation
import Platform

/// The mutual information that two partitions with given sizes of parts have on average when rows are dealt at random
/// (Vinh et al., 2010): Σ_ij Σ_k P(k)·k/n·log(n·k/(a_i·b_j)), P hypergeometric.
///
/// P comes from the ratios of its neighbouring values, outwards from the most probable k, and is divided by its sum:
/// differences of log Γ of numbers near n, as usual, lose as many digits as n has. Parts of equal size are counted once.
enum ExpectedMutualInformation {
  /// A weight this far below the largest one adds nothing.
  private static let negligible = 1e-25

  static func of(_ table: ContingencyTable, threads: Int = MachineCapacity.coreCount) -> Double {
    let (first, second) = (sizes(table.clusterSizes), sizes(table.classSizes))
    let parts = parallelMap(count: first.count, threads: threads) { index in
      let (size, count) = first[index]
      return second.reduce(0.0) { sum, other in
        sum + Double(count) * Double(other.count) * expectation(size, other.size, total: table.total)
      }
    }
    return parts.reduce(0, +)
  }

  private static func sizes(_ sizes: [Int]) -> [(size: Int, count: Int)] {
    var counts: [Int: Int] = [:]
    for size in sizes { counts[size, default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Σ_k P(k)·k/n·log(n·k/(a·b)) for the number k of common rows of two parts of a and b of n rows.
  private static func expectation(_ a: Int, _ b: Int, total n: Int) -> Double {
    let range = max(0, a + b - n)...min(a, b)
    let mode = min(max((a + 1) * (b + 1) / (n + 2), range.lowerBound), range.upperBound)
    let scale = Double(n) / (Double(a) * Double(b))
    var (weights, sum) = (0.0, 0.0)
    func add(_ k: Int, _ weight: Double) {
      weights += weight
      if k > 0 { sum += weight * Double(k) / Double(n) * log(scale * Double(k)) }
    }
    add(mode, 1)
    var (k, weight) = (mode, 1.0)
    while k < range.upperBound, weight > negligible {
      weight *= Double(a - k) * Double(b - k) / (Double(k + 1) * Double(n - a - b + k + 1))
      k += 1
      add(k, weight)
    }
    (k, weight) = (mode, 1)
    while k > range.lowerBound, weight > negligible {
      weight *= Double(k) * Double(n - a - b + k) / (Double(a - k + 1) * Double(b - k + 1))
      k -= 1
      add(k, weight)
    }
    return sum / weights
  }
}
