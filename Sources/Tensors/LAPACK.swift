import COpenBLAS

/// The calls of LAPACK, in double precision on the calling thread alone; matrices are column-major, as Fortran has them.
enum LAPACK {
  /// Replaces the lower triangle of a symmetric matrix by its Cholesky factor; false when it is not positive definite.
  static func cholesky(_ matrix: inout [Double], order: Int) -> Bool {
    _ = BLAS.singleThreaded
    var (n, info) = (Int32(order), Int32(0))
    dpotrf_("L", &n, &matrix, &n, &info, 1)
    return info == 0
  }

  /// Replaces `count` columns b by the solutions x of matrix·x = b, from the factor that `cholesky` left.
  static func solve(_ columns: inout [Double], count: Int, factor: [Double], order: Int) {
    var (n, right, info) = (Int32(order), Int32(count), Int32(0))
    dpotrs_("L", &n, &right, factor, &n, &columns, &n, &info, 1)
  }

  /// A = U·diag(σ)·Vᵀ, k = min(rows, columns) of each, by divide and conquer.
  struct Decomposition {
    /// σ, largest first.
    var values: [Double]
    /// U [rows, k]; one number where vectors are not wanted.
    var left: [Double]
    /// Vᵀ [k, columns]; one number where vectors are not wanted.
    var right: [Double]
  }

  /// Decomposes a matrix [rows, columns]; nil when LAPACK fails, as where entries are not finite.
  static func decompose(_ matrix: [Double], rows: Int, columns: Int, vectors: Bool) -> Decomposition? {
    _ = BLAS.singleThreaded
    let rank = min(rows, columns)
    var (m, n, k) = (Int32(rows), Int32(columns), Int32(vectors ? rank : 1))
    var leadingLeft = vectors ? m : 1
    var scratch = matrix
    var found = Decomposition(
      values: [Double](repeating: 0, count: rank),
      left: [Double](repeating: 0, count: vectors ? rows * rank : 1),
      right: [Double](repeating: 0, count: vectors ? rank * columns : 1))
    var integers = [Int32](repeating: 0, count: 8 * rank)
    var info: Int32 = 0
    var work = [0.0]
    for size in [-1, nil] as [Int32?] {  // The first call asks for the size of its work space.
      var length = size ?? Int32(work[0])
      if size == nil { work = [Double](repeating: 0, count: Int(length)) }
      dgesdd_(
        vectors ? "S" : "N", &m, &n, &scratch, &m, &found.values, &found.left, &leadingLeft, &found.right, &k,
        &work, &length, &integers, &info, 1)
    }
    return info == 0 ? found : nil
  }
}
