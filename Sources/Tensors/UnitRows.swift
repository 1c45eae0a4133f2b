/// Rows of a row-major matrix scaled to length 1 (zero rows stay zero), followed by zero rows up to `padded` rows.
package func unitRows(_ values: [Float], width: Int, paddedTo padded: Int? = nil) -> [Float] {
  var result = [Float](repeating: 0, count: padded.map { $0 * width } ?? values.count)
  for base in stride(from: 0, to: values.count, by: width) {
    let norm = norm(width) { Double(values[base + $0]) }
    guard norm > 0 else { continue }
    let scale = 1 / norm
    for index in base..<(base + width) { result[index] = Float(Double(values[index]) * scale) }
  }
  return result
}

/// The same in double precision: each number is divided, which rounds once.
package func unitRows(_ values: [Double], width: Int) -> [Double] {
  var result = values
  for base in stride(from: 0, to: values.count, by: width) {
    let norm = norm(width) { values[base + $0] }
    guard norm > 0 else { continue }
    for index in base..<(base + width) { result[index] /= norm }
  }
  return result
}

/// The Euclidean norm of numbers by their places.
private func norm(_ count: Int, _ value: (Int) -> Double) -> Double {
  var squares = 0.0
  for index in 0..<count { squares += value(index) * value(index) }
  return squares.squareRoot()
}
