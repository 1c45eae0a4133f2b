/// M = U·diag(σ)·Vᵀ in double precision, by LAPACK's divide and conquer.
public struct SingularValues: Sendable {
  /// σ, largest first: k = min(rows, columns) of them.
  public let values: [Double]
  /// U [rows, k], row-major. Of each column the largest entry is positive, so that no build of LAPACK chooses signs.
  public let left: [Double]
  /// Vᵀ [k, columns], row-major.
  public let right: [Double]

  /// Decomposes a matrix [rows, columns], row-major; nil when its entries are not finite.
  public init?(of matrix: [Double], rows: Int, columns: Int) {
    precondition(
      matrix.count == rows * columns && rows > 0 && columns > 0,
      "SingularValues: \(matrix.count) values for [\(rows), \(columns)]")
    let rank = min(rows, columns)
    // LAPACK reads the transpose: its left vectors are the right ones here.
    guard
      let found = LAPACK.decompose(matrix, rows: columns, columns: rows, vectors: true)
    else { return nil }
    var (left, right) = (found.right, found.left)
    for column in 0..<rank {
      var largest = 0.0
      for row in 0..<rows where abs(left[row * rank + column]) > abs(largest) {
        largest = left[row * rank + column]
      }
      guard largest < 0 else { continue }
      for row in 0..<rows { left[row * rank + column].negate() }
      for entry in column * columns..<(column + 1) * columns { right[entry].negate() }
    }
    (self.values, self.left, self.right) = (found.values, left, right)
  }

  /// U·Vᵀ [rows, columns]: the nearest matrix with orthonormal rows or columns, whichever are fewer.
  public var orthonormal: [Double] {
    let rank = values.count
    let (rows, columns) = (left.count / rank, right.count / rank)
    return BLAS.product(left, right, rows: rows, columns: columns, inner: rank)
  }
}
