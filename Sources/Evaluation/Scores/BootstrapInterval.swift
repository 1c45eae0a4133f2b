import Platform
import Tensors

/// Bounds of a statistic from resampling the rows with replacement: the percentile bootstrap (Efron, 1979).
public enum BootstrapInterval {
  /// The bounds that hold the mean of 95 % of `resamplings` of the values.
  public static func ofMean(
    _ values: [Double], resamplings: Int = 1000, seed: UInt64 = 0
  ) -> ClosedRange<Double> {
    of(rows: values.count, resamplings: resamplings, seed: seed) { rows in
      rows.reduce(0) { $0 + values[$1] } / Double(rows.count)
    }
  }

  /// The bounds that hold 95 % of a statistic of resampled rows `0..<rows`; the same rows for the same seed.
  public static func of(
    rows count: Int, resamplings: Int = 1000, seed: UInt64 = 0, _ statistic: ([Int]) -> Double
  ) -> ClosedRange<Double> {
    precondition(count > 0 && resamplings > 0, "BootstrapInterval: no rows")
    var random = RandomStream(seed: seed, purpose: .resampling)
    var rows = [Int](repeating: 0, count: count)
    var found = (0..<resamplings).map { _ in
      for index in rows.indices { rows[index] = random.index(below: count) }
      return statistic(rows)
    }
    found.sort()
    let place = { (share: Double) in found[Int((share * Double(resamplings - 1)).rounded())] }
    return place(0.025)...place(0.975)
  }
}
