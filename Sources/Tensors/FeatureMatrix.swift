import Foundation

/// Features of samples, [n, D] row-major, and what tells whether they have collapsed; all in double precision.
public struct FeatureMatrix: Sendable {
  /// Number of samples, n.
  public let count: Int
  /// Values of a feature, D.
  public let width: Int
  /// The features, row-major.
  public let values: [Double]

  /// Holds n·D values.
  public init(_ values: [Double], width: Int) {
    precondition(
      width > 0 && !values.isEmpty && values.count % width == 0,
      "FeatureMatrix: \(values.count) values for rows of \(width)")
    count = values.count / width
    self.width = width
    self.values = values
  }

  /// Every row divided by its Euclidean norm; a row of zeros stays.
  public var unitRows: FeatureMatrix { FeatureMatrix(Tensors.unitRows(values, width: width), width: width) }

  /// How far the directions of features differ: √D times the mean over channels of the standard deviation over samples,
  /// ÷ n, of unit rows.
  ///
  /// 1 for directions that are spread evenly over the sphere, 0 where all are the same.
  public var directionSpread: Double {
    let unit = unitRows
    var total = 0.0
    for channel in 0..<width {
      let column = stride(from: channel, to: values.count, by: width)
      let mean = column.reduce(0) { $0 + unit.values[$1] } / Double(count)
      let squares = column.reduce(0) { $0 + (unit.values[$1] - mean) * (unit.values[$1] - mean) }
      total += (squares / Double(count)).squareRoot()
    }
    return total / Double(width).squareRoot()
  }

  /// RankMe of the matrix as it is, not centred; see `Spectrum.rankMe`.
  ///
  /// From 1, all features multiples of one, to min(n, D). 1 for a matrix of zeros; nil where a value is not finite.
  public var rankMe: Double? {
    Spectrum(of: values, rows: count, columns: width)?.rankMe
  }

  /// Alignment (Wang & Isola, 2020): the mean of ‖x − x⁺‖² over the rows of both matrices, each made a unit vector.
  ///
  /// Row i of `other` is the positive of row i. 0 where pairs point the same way, 2 for unrelated directions.
  public func alignment(with other: FeatureMatrix) -> Double {
    precondition(
      count == other.count && width == other.width,
      "alignment: [\(count), \(width)] and [\(other.count), \(other.width)]")
    let (first, second) = (unitRows.values, other.unitRows.values)
    let squares = zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return squares / Double(count)
  }

  /// Uniformity (Wang & Isola, 2020): log of the mean of exp(−2‖x − y‖²) over all pairs of different rows, each made a
  /// unit vector.
  ///
  /// 0 where all directions are the same, about −4 for directions spread evenly over a sphere of many dimensions; nil
  /// for one row. Takes n²·D/2 products.
  public var uniformity: Double? {
    guard count > 1 else { return nil }
    return unitRows.values.withUnsafeBufferPointer { unit in
      var total = 0.0
      for first in 1..<count {
        for second in 0..<first {
          var square = 0.0
          for channel in 0..<width {
            let difference = unit[first * width + channel] - unit[second * width + channel]
            square += difference * difference
          }
          total += exp(-2 * square)
        }
      }
      return log(total * 2 / (Double(count) * Double(count - 1)))
    }
  }
}
