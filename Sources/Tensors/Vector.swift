#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

// Sixteen values at a time, written out: strict floating point stops compilers from vectorising sums.
typealias Vector = SIMD16<Scalar>

let vectorWidth = 16

extension UnsafePointer where Pointee == Scalar {
  @inline(__always)
  func vector(_ index: Int) -> Vector {
    UnsafeRawPointer(self + index).loadUnaligned(as: Vector.self)
  }
}

extension UnsafeMutablePointer where Pointee == Scalar {
  @inline(__always)
  func vector(_ index: Int) -> Vector {
    UnsafeRawPointer(self + index).loadUnaligned(as: Vector.self)
  }

  @inline(__always)
  func store(_ vector: Vector, _ index: Int) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: vector, as: Vector.self)
  }
}

/// Σ a[i].
@inline(__always)
func sum(_ a: UnsafePointer<Scalar>, _ count: Int) -> Scalar {
  var total = Vector.zero
  var index = 0
  while index + vectorWidth <= count {
    total += a.vector(index)
    index += vectorWidth
  }
  var rest = total.sum()
  while index < count {
    rest += a[index]
    index += 1
  }
  return rest
}

/// target[i] += source[i].
@inline(__always)
func addInPlace(_ target: UnsafeMutablePointer<Scalar>, _ source: UnsafePointer<Scalar>, _ count: Int) {
  var index = 0
  while index + vectorWidth <= count {
    target.store(target.vector(index) + source.vector(index), index)
    index += vectorWidth
  }
  while index < count {
    target[index] += source[index]
    index += 1
  }
}

/// target[i] = beta·target[i] + source[i], beta 0 or 1; with beta 0 the target is not read.
@inline(__always)
func accumulate(
  _ target: UnsafeMutablePointer<Scalar>, beta: Scalar, _ source: UnsafePointer<Scalar>, _ count: Int
) {
  if beta == 0 {
    target.update(from: source, count: count)
  } else {
    addInPlace(target, source, count)
  }
}

/// target[i] = beta·target[i] + factor·source[i], beta 0 or 1; with beta 0 the target is not read.
@inline(__always)
func accumulate(
  _ target: UnsafeMutablePointer<Scalar>, beta: Scalar, _ source: UnsafePointer<Scalar>,
  scaledBy factor: Scalar, _ count: Int
) {
  var index = 0
  while index + vectorWidth <= count {
    let value = factor * source.vector(index)
    target.store(beta == 0 ? value : target.vector(index) + value, index)
    index += vectorWidth
  }
  while index < count {
    target[index] = beta == 0 ? factor * source[index] : target[index] + factor * source[index]
    index += 1
  }
}

/// target[i] = beta·target[i] + factor·a[i]·b[i], beta 0 or 1; with beta 0 the target is not read.
@inline(__always)
func accumulateProducts(
  _ target: UnsafeMutablePointer<Scalar>, beta: Scalar, _ a: UnsafePointer<Scalar>,
  _ b: UnsafePointer<Scalar>, scaledBy factor: Scalar, _ count: Int
) {
  var index = 0
  while index + vectorWidth <= count {
    let value = factor * a.vector(index) * b.vector(index)
    target.store(beta == 0 ? value : target.vector(index) + value, index)
    index += vectorWidth
  }
  while index < count {
    let value = factor * a[index] * b[index]
    target[index] = beta == 0 ? value : target[index] + value
    index += 1
  }
}

/// Σ a[i]·b[i].
@inline(__always)
func dot(_ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ count: Int) -> Scalar {
  var total = Vector.zero
  var index = 0
  while index + vectorWidth <= count {
    total += a.vector(index) * b.vector(index)
    index += vectorWidth
  }
  var rest = total.sum()
  while index < count {
    rest += a[index] * b[index]
    index += 1
  }
  return rest
}

/// target[i] = aFactor·a[i] + bFactor·b[i].
@inline(__always)
func add(
  _ a: UnsafePointer<Scalar>, scaledBy aFactor: Scalar, _ b: UnsafePointer<Scalar>,
  scaledBy bFactor: Scalar = 1, _ count: Int, into target: UnsafeMutablePointer<Scalar>
) {
  var index = 0
  while index + vectorWidth <= count {
    target.store(aFactor * a.vector(index) + bFactor * b.vector(index), index)
    index += vectorWidth
  }
  while index < count {
    target[index] = aFactor * a[index] + bFactor * b[index]
    index += 1
  }
}

/// target[i] = a[i] + b[i].
@inline(__always)
func add(
  _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ count: Int,
  into target: UnsafeMutablePointer<Scalar>
) {
  var index = 0
  while index + vectorWidth <= count {
    target.store(a.vector(index) + b.vector(index), index)
    index += vectorWidth
  }
  while index < count {
    target[index] = a[index] + b[index]
    index += 1
  }
}

/// target[i] = a[i] + constant; `target` may be `a`.
@inline(__always)
func addConstant(
  _ a: UnsafePointer<Scalar>, _ constant: Scalar, _ count: Int, into target: UnsafeMutablePointer<Scalar>
) {
  var index = 0
  while index + vectorWidth <= count {
    target.store(a.vector(index) + constant, index)
    index += vectorWidth
  }
  while index < count {
    target[index] = a[index] + constant
    index += 1
  }
}

/// target[j] = beta·target[j] + Σ_i matrix[i, j], beta 0 or 1.
func columnSums(
  _ matrix: UnsafePointer<Scalar>, rows: Int, columns: Int, beta: Scalar,
  into target: UnsafeMutablePointer<Scalar>
) {
  vk_column_sums(matrix, rows, columns, beta == 0 ? 0 : 1, target)
}
