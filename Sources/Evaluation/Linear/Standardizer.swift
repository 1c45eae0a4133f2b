import Platform

/// Shifts and scales each feature to mean 0 and standard deviation 1 over the train rows.
///
/// A feature that is constant over the train rows (standard deviation at most 1e-6 of its root mean square,
/// which is rounding noise in Float32) carries nothing and becomes 0 everywhere.
public struct Standardizer: Sendable {
  /// Mean of each feature.
  public let means: [Float]
  /// 1/σ of each feature, with the biased standard deviation; 0 for a constant feature.
  public let inverseDeviations: [Float]

  /// Measures the columns of `values`, row-major `[count, width]`, with sums in Float64.
  public init(values: [Float], count: Int, width: Int) {
    self.init(values: values, count: count, width: width, threads: MachineCapacity.coreCount)
  }

  package init(values: [Float], count: Int, width: Int, threads: Int) {
    precondition(count > 0 && values.count >= count * width, "Standardizer: too few values")
    let zeros = [Double](repeating: 0, count: width)
    let means = Self.moments(values, count: count, shift: zeros, threads: threads).sums
      .map { $0 / Double(count) }
    let squares = Self.moments(values, count: count, shift: means, threads: threads).squares
      .map { $0 / Double(count) }
    self.means = means.map { Float($0) }
    inverseDeviations = zip(means, squares).map { mean, variance in
      let meanSquare = variance + mean * mean
      return variance > 1e-12 * meanSquare ? Float(1 / variance.squareRoot()) : 0
    }
  }

  /// The standardised copy of `values`, row-major `[count, means.count]`.
  public func apply(to values: [Float]) -> [Float] {
    let width = means.count
    var result = values
    for base in stride(from: 0, to: values.count, by: width) {
      for column in 0..<width {
        result[base + column] = (values[base + column] - means[column]) * inverseDeviations[column]
      }
    }
    return result
  }

  /// Column sums of (x − shift) and of (x − shift)².
  private static func moments(
    _ values: [Float], count: Int, shift: [Double], threads: Int
  ) -> (sums: [Double], squares: [Double]) {
    let width = shift.count
    let zeros = [Double](repeating: 0, count: width)
    let ranges = rowRanges(count: count, pieces: 32, multiple: 64)
    let pieces = parallelMap(count: ranges.count, threads: threads) { index in
      var (sums, squares) = (zeros, zeros)
      for row in ranges[index] {
        for column in 0..<width {
          let centred = Double(values[row * width + column]) - shift[column]
          sums[column] += centred
          squares[column] += centred * centred
        }
      }
      return (sums: sums, squares: squares)
    }
    var (sums, squares) = (zeros, zeros)
    for piece in pieces {
      for column in 0..<width {
        sums[column] += piece.sums[column]
        squares[column] += piece.squares[column]
      }
    }
    return (sums, squares)
  }
}
