import Tensors

/// Points of a space and their squared distances to others, ‖x‖² + ‖y‖² − 2·x·y, with products in Float32.
///
/// Points are shifted by their mean, without which nearly equal features would lose their distances to cancellation.
struct PointSet: Sendable {
  /// Row-major [count, width], less `mean`.
  let values: [Float]
  let width: Int
  /// What points were shifted by.
  let mean: [Double]
  private let squares: [Double]

  var count: Int { squares.count }

  /// Shifts points by their mean.
  init(_ values: [Float], width: Int) {
    let mean = columnMeans(values, width: width)
    self.init(shifted: shiftedRows(values, by: mean), mean: mean)
  }

  /// Holds points that are shifted.
  init(shifted values: [Float], mean: [Double]) {
    self.values = values
    self.mean = mean
    let width = mean.count
    self.width = width
    squares = stride(from: 0, to: values.count, by: width).map { base in
      var sum = 0.0
      for index in base..<(base + width) { sum += Double(values[index]) * Double(values[index]) }
      return sum
    }
  }

  /// Some points, shifted by the same vector.
  func gathered(_ rows: [Int]) -> PointSet {
    PointSet(shifted: gatheredRows(rows, of: values, width: width), mean: mean)
  }

  /// ‖x − y‖² for `rows` of this set and every point of `others`, which were shifted by the same vector: row-major
  /// [rows.count, others.count].
  func squaredDistances(_ rows: Range<Int>, to others: PointSet) -> [Double] {
    var products = [Float](repeating: 0, count: rows.count * others.count)
    matrixProduct(
      rows: rows.count, columns: others.count, inner: width, values, .none, aRowOffset: rows.lowerBound,
      others.values, .transposed, into: &products)
    var result = [Double](repeating: 0, count: products.count)
    for row in 0..<rows.count {
      let own = squares[rows.lowerBound + row]
      for other in 0..<others.count {
        let index = row * others.count + other
        result[index] = max(0, own + others.squares[other] - 2 * Double(products[index]))
      }
    }
    return result
  }

  /// ‖x − y‖² for a row of this set and a point of `others`, from the differences.
  func exactSquaredDistance(_ row: Int, to other: Int, of others: PointSet) -> Double {
    var sum = 0.0
    for column in 0..<width {
      let difference = Double(values[row * width + column]) - Double(others.values[other * width + column])
      sum += difference * difference
    }
    return sum
  }
}
