import COpenBLAS

/// The Cholesky factor of a symmetric positive definite matrix, in double precision.
public struct Cholesky: Sendable {
  private let factor: [Double]
  private let order: Int

  /// Factors a matrix [order, order]; nil when it is not positive definite.
  public init?(_ matrix: [Double], order: Int) {
    precondition(matrix.count == order * order, "Cholesky: \(matrix.count) values for order \(order)")
    var factor = matrix
    var n = Int32(order)
    var info: Int32 = 0
    dpotrf_("L", &n, &factor, &n, &info, 1)
    guard info == 0 else { return nil }
    self.factor = factor
    self.order = order
  }

  /// Replaces each row b of `rows` [count, order] by the solution x of matrix·x = b.
  public func solve(_ rows: inout [Double], count: Int) {
    precondition(
      rows.count >= count * order, "Cholesky.solve: \(rows.count) values for \(count) rows of \(order)")
    var n = Int32(order)
    var columns = Int32(count)
    var info: Int32 = 0
    dpotrs_("L", &n, &columns, factor, &n, &rows, &n, &info, 1)
  }
}
