/// One matrix product of a step, for counting its operations and for timing it alone.
package struct MatrixProductShape: Hashable, Sendable {
  package let rows, columns, inner: Int
  package let a, b: Transposition
  package let aStride, bStride, cStride: Int
  package let accumulates: Bool

  /// Floating-point operations: a multiplication and an addition for each term.
  package var operations: Int { 2 * rows * columns * inner }
}

/// Runs a list of products on buffers of its own: the lower bound of a step made of them.
package final class MatrixProductReplay {
  private let shapes: [MatrixProductShape]
  private let a, b, c: Tensor

  /// Prepares operands large enough for every product.
  package init(_ shapes: [MatrixProductShape]) {
    self.shapes = shapes
    func size(_ rows: Int, _ columns: Int, _ stride: Int, _ t: Transposition) -> Int {
      (t == .none ? rows : columns) * stride
    }
    let pool = BufferPool()
    a = Tensor(
      shape: [shapes.map { size($0.rows, $0.inner, $0.aStride, $0.a) }.max() ?? 1], repeating: 0.5, pool: pool
    )
    b = Tensor(
      shape: [shapes.map { size($0.inner, $0.columns, $0.bStride, $0.b) }.max() ?? 1], repeating: 0.5,
      pool: pool)
    c = Tensor(shape: [shapes.map { $0.rows * $0.cStride }.max() ?? 1], pool: pool)
  }

  /// Runs every product once, in order, on the calling thread.
  package func run() {
    for shape in shapes {
      BLAS.gemm(
        shape.rows, shape.columns, shape.inner, a.pointer, stride: shape.aStride, shape.a, b.pointer,
        stride: shape.bStride, shape.b, beta: shape.accumulates ? 1 : 0, c.pointer, stride: shape.cStride)
    }
  }
}
