import COpenBLAS

/// Whether a matrix operand is read as stored or transposed.
public enum Transposition: Sendable {
  case none, transposed
}

/// The matrix products of OpenBLAS; their naive twin is in the tests. What of LAPACK is called is in `LAPACK`.
///
/// Matrices are row-major. Every call runs on the calling thread alone: work is spread over lanes,
/// each with its own matrices, which is 1.4 times as fast as threads inside one product.
package enum BLAS {
  /// Pins OpenBLAS to the calling thread, once in a process.
  static let singleThreaded: Void = {
    openblas_set_num_threads(1)
    BLASBuffers.reserve(1)
  }()

  /// The name of the kernels that OpenBLAS chose, or was made to choose.
  package static var kernels: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }

  /// C ← alpha·op(A)·op(B) + beta·C with op(A) [rows, inner], op(B) [inner, columns], C [rows, columns].
  ///
  /// The strides are those of the stored rows.
  @inline(__always)
  package static func gemm(
    _ rows: Int, _ columns: Int, _ inner: Int, alpha: Scalar = 1,
    _ a: UnsafePointer<Scalar>, stride aStride: Int, _ aTransposition: Transposition,
    _ b: UnsafePointer<Scalar>, stride bStride: Int, _ bTransposition: Transposition,
    beta: Scalar, _ c: UnsafeMutablePointer<Scalar>, stride cStride: Int
  ) {
    _ = singleThreaded
    let a_ = aTransposition == .none ? CblasNoTrans : CblasTrans
    let b_ = bTransposition == .none ? CblasNoTrans : CblasTrans
    #if DoublePrecision
      cblas_dgemm(
        CblasRowMajor, a_, b_, Int32(rows), Int32(columns), Int32(inner), alpha, a, Int32(aStride),
        b, Int32(bStride), beta, c, Int32(cStride))
    #else
      cblas_sgemm(
        CblasRowMajor, a_, b_, Int32(rows), Int32(columns), Int32(inner), alpha, a, Int32(aStride),
        b, Int32(bStride), beta, c, Int32(cStride))
    #endif
  }

  /// A·B in double precision: [rows, inner]·[inner, columns].
  static func product(_ a: [Double], _ b: [Double], rows: Int, columns: Int, inner: Int) -> [Double] {
    _ = singleThreaded
    var product = [Double](repeating: 0, count: rows * columns)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(columns), Int32(inner), 1, a,
      Int32(inner), b, Int32(columns), 0, &product, Int32(columns))
    return product
  }
}

/// C ← alpha·op(A)·op(B) + beta·C on plain `Float` arrays, for code outside the training step.
///
/// op(A) is [rows, inner], op(B) [inner, columns], C [rows, columns], all row-major and dense.
/// `rowOffset` arguments start an operand at a later stored row, so that blocks of a large matrix
/// need no copy.
public func matrixProduct(
  rows: Int, columns: Int, inner: Int, alpha: Float = 1,
  _ a: [Float], _ aTransposition: Transposition = .none, aRowOffset: Int = 0,
  _ b: [Float], _ bTransposition: Transposition = .none, bRowOffset: Int = 0,
  beta: Float = 0, into c: inout [Float], cRowOffset: Int = 0
) {
  let aStride = aTransposition == .none ? inner : rows
  let bStride = bTransposition == .none ? columns : inner
  precondition(a.count >= aRowOffset * aStride + rows * inner, "matrixProduct: A is too small")
  precondition(b.count >= bRowOffset * bStride + inner * columns, "matrixProduct: B is too small")
  precondition(c.count >= (cRowOffset + rows) * columns, "matrixProduct: C is too small")
  guard rows > 0, columns > 0 else { return }
  _ = BLAS.singleThreaded
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      c.withUnsafeMutableBufferPointer { c in
        guard let aBase = a.baseAddress, let bBase = b.baseAddress, let cBase = c.baseAddress else { return }
        cblas_sgemm(
          CblasRowMajor, aTransposition == .none ? CblasNoTrans : CblasTrans,
          bTransposition == .none ? CblasNoTrans : CblasTrans, Int32(rows), Int32(columns), Int32(inner),
          alpha, aBase + aRowOffset * aStride, Int32(aStride), bBase + bRowOffset * bStride,
          Int32(bStride), beta, cBase + cRowOffset * columns, Int32(columns))
      }
    }
  }
}
