import Tensors

/// max |a − b| / max |b|: infinite when the counts differ, NaN when any element is, absolute when b is zero.
///
/// Compare as `#expect(error <= tolerance)`, so that NaN fails.
public func relativeError(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  let difference = largestMagnitude(zip(a, b).map { $0 - $1 })
  let scale = largestMagnitude(b)
  return scale == 0 ? difference : difference / scale
}

/// The same of scalars, taken in double precision.
public func relativeError(_ a: [Scalar], to b: [Scalar]) -> Double {
  relativeError(a.map { Double($0) }, b.map { Double($0) })
}

/// The same of tensors; infinite when the shapes differ.
public func relativeError(_ a: Tensor, to b: Tensor) -> Double {
  a.shape == b.shape ? relativeError(a.values, to: b.values) : .infinity
}

/// The bound for this build: rounding is 6e-8 of a Float and 1e-16 of a Double.
///
/// Bounds are about three times what was seen on AVX2, since other processors sum in another order. Against goldens
/// the bound in double precision is 1e-7, because goldens are stored as Float.
public func bound(single: Double, double: Double) -> Double {
  Scalar.self == Double.self ? double : single
}

/// max |x|, NaN when any element is; 0 of nothing.
public func largestMagnitude(_ values: [Double]) -> Double {
  values.reduce(0) { $0.isNaN || $1.isNaN ? .nan : max($0, abs($1)) }
}
