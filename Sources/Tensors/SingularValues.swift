import COpenBLAS

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
    _ = BLAS.singleThreaded
    let rank = min(rows, columns)
    // LAPACK reads the transpose: its left vectors are the right ones here.
    var (m, n, k) = (Int32(columns), Int32(rows), Int32(rank))
    var scratch = matrix
    var values = [Double](repeating: 0, count: rank)
    var right = [Double](repeating: 0, count: rank * columns)
    var left = [Double](repeating: 0, count: rows * rank)
    var integers = [Int32](repeating: 0, count: 8 * rank)
    var info: Int32 = 0
    var work = [0.0]
    for size in [-1, nil] as [Int32?] {  // The first call asks for the size of its work space.
      var length = size ?? Int32(work[0])
      if size == nil { work = [Double](repeating: 0, count: Int(length)) }
      dgesdd_(
        "S", &m, &n, &scratch, &m, &values, &right, &m, &left, &k, &work, &length, &integers, &info, 1)
    }
    guard info == 0 else { return nil }
    for column in 0..<rank {
      var largest = 0.0
      for row in 0..<rows where abs(left[row * rank + column]) > abs(largest) {
        largest = left[row * rank + column]
      }
      guard largest < 0 else { continue }
      for row in 0..<rows { left[row * rank + column].negate() }
      for entry in column * columns..<(column + 1) * columns { right[entry].negate() }
    }
    (self.values, self.left, self.right) = (values, left, right)
  }

  /// U·Vᵀ [rows, columns]: the nearest matrix with orthonormal rows or columns, whichever are fewer.
  public var orthonormal: [Double] {
    let rank = values.count
    let (rows, columns) = (left.count / rank, right.count / rank)
    var product = [Double](repeating: 0, count: rows * columns)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(columns), Int32(rank), 1, left,
      Int32(rank), right, Int32(columns), 0, &product, Int32(columns))
    return product
  }
}
