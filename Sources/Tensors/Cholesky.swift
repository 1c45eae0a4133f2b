/// The Cholesky factor of a symmetric positive definite matrix, in double precision.
public struct Cholesky: Sendable {
  private let factor: [Double]
  private let order: Int

  /// Factors a matrix [order, order]; nil when it is not positive definite.
  public init?(_ matrix: [Double], order: Int) {
    precondition(matrix.count == order * order, "Cholesky: \(matrix.count) values for order \(order)")
    var factor = matrix
    guard LAPACK.cholesky(&factor, order: order) else { return nil }
    self.factor = factor
    self.order = order
  }

  /// Replaces each row b of `rows` [count, order] by the solution x of matrix·x = b.
  public func solve(_ rows: inout [Double], count: Int) {
    precondition(
      rows.count >= count * order, "Cholesky.solve: \(rows.count) values for \(count) rows of \(order)")
    LAPACK.solve(&rows, count: count, factor: factor, order: order)
  }
}
