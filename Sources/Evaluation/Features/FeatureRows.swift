import Platform
import Tensors

/// Some rows of a row-major matrix, in the order asked for.
func gatheredRows(_ rows: [Int], of values: [Float], width: Int) -> [Float] {
  var result: [Float] = []
  result.reserveCapacity(rows.count * width)
  for row in rows { result += values[(row * width)..<((row + 1) * width)] }
  return result
}

/// At most `limit` of the rows `0..<count`, drawn without replacement, ascending; draws of different uses have nothing in
/// common.
func drawnRows(_ limit: Int, of count: Int, seed: UInt64, for use: String) -> [Int] {
  guard limit < count else { return Array(0..<count) }
  var random = RandomStream(seed: seed, purpose: .resampling, name: use)
  return random.permutation(count).prefix(limit).map { Int($0) }.sorted()
}

/// The mean of each column of a row-major matrix.
func columnMeans(_ values: [Float], width: Int) -> [Double] {
  var sums = [Double](repeating: 0, count: width)
  for base in stride(from: 0, to: values.count, by: width) {
    for column in 0..<width { sums[column] += Double(values[base + column]) }
  }
  return sums.map { $0 / Double(values.count / width) }
}

/// Rows less a vector.
func shiftedRows(_ values: [Float], by shift: [Double]) -> [Float] {
  var result = values
  for base in stride(from: 0, to: values.count, by: shift.count) {
    for column in shift.indices {
      result[base + column] = Float(Double(values[base + column]) - shift[column])
    }
  }
  return result
}

extension Features {
  /// All rows less a vector.
  func shifted(by shift: [Double]) throws(Failure) -> Features {
    try Features(
      count: count, width: width, values: shiftedRows(values, by: shift), rowLabels: rowLabels)
  }
}
