import Tensors
import TestSupport
import Testing

/// BLAS against its naive twin: the definition, in double precision.
@Suite("Matrix products")
struct MatrixProductTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let rows, columns, inner: Int
    let a, b: Transposition
    let padding: Int
    var testDescription: String { "\(rows)×\(columns)×\(inner) \(a) \(b), rows apart by \(padding) more" }

    static let all: [Example] = [(1, 1, 1), (3, 5, 7), (17, 13, 33), (64, 48, 16), (65, 31, 129), (1, 40, 9)]
      .flatMap { rows, columns, inner in
        [Transposition.none, .transposed].flatMap { a in
          [Transposition.none, .transposed].flatMap { b in
            [0, 3].map { Example(rows: rows, columns: columns, inner: inner, a: a, b: b, padding: $0) }
          }
        }
      }
  }

  /// A term of Σ costs a rounding: √inner of them on average, at most 12 here.
  private let tolerance = bound(single: 2e-6, double: 1e-14)

  @Test(arguments: Example.all)
  func matchesTheDefinition(_ example: Example) {
    let (rows, columns, inner) = (example.rows, example.columns, example.inner)
    let aStride = (example.a == .none ? inner : rows) + example.padding
    let bStride = (example.b == .none ? columns : inner) + example.padding
    let cStride = columns + example.padding
    let a = Tensor.random([(example.a == .none ? rows : inner) * aStride], seed: 1).values
    let b = Tensor.random([(example.b == .none ? inner : columns) * bStride], seed: 2).values
    let start = Tensor.random([rows * cStride], seed: 3).values
    for (alpha, beta) in [(1.0, 0.0), (1, 1), (-0.5, 1)] {
      var c = start
      BLAS.gemm(
        rows, columns, inner, alpha: Scalar(alpha), a, stride: aStride, example.a, b, stride: bStride,
        example.b, beta: Scalar(beta), &c, stride: cStride)
      let wanted = start.indices.map { place -> Double in
        let (row, column) = (place / cStride, place % cStride)
        guard column < columns else { return Double(start[place]) }
        let sum = (0..<inner).reduce(0.0) { sum, k in
          let left = example.a == .none ? a[row * aStride + k] : a[k * aStride + row]
          let right = example.b == .none ? b[k * bStride + column] : b[column * bStride + k]
          return sum + Double(left) * Double(right)
        }
        return alpha * sum + beta * Double(start[place])
      }
      #expect(relativeError(c.map { Double($0) }, wanted) <= tolerance, "α \(alpha), β \(beta)")
      for place in c.indices where place % cStride >= columns { #expect(c[place] == start[place]) }
    }
  }

  @Test func whatBetaZeroOverwritesIsNotRead() {
    var c: [Scalar] = [.nan, .infinity]
    BLAS.gemm(1, 2, 1, [3], stride: 1, .none, [1, 2], stride: 2, .none, beta: 0, &c, stride: 2)
    #expect(c == [3, 6])
  }

  /// The plain product on arrays, blocks of larger matrices by row offsets.
  @Test(arguments: [Transposition.none, .transposed], [Transposition.none, .transposed])
  func blocksOfArrays(_ aTransposition: Transposition, _ bTransposition: Transposition) {
    let (rows, columns, inner) = (3, 5, 4)
    let aStride = aTransposition == .none ? inner : rows
    let bStride = bTransposition == .none ? columns : inner
    let a = (0..<40).map { Float($0 % 7) - 3 }
    let b = (0..<60).map { Float($0 % 5) - 2 }
    var c = [Float](repeating: 1, count: 25)
    matrixProduct(
      rows: rows, columns: columns, inner: inner, alpha: 2, a, aTransposition, aRowOffset: 2, b,
      bTransposition, bRowOffset: 3, beta: 1, into: &c, cRowOffset: 1)
    let wanted = (0..<25).map { place -> Float in
      let (row, column) = (place / columns - 1, place % columns)
      guard (0..<rows).contains(row) else { return 1 }
      return 1
        + 2
        * (0..<inner).reduce(Float(0)) { sum, k in
          let left = aTransposition == .none ? a[(2 + row) * aStride + k] : a[(2 + k) * aStride + row]
          let right = bTransposition == .none ? b[(3 + k) * bStride + column] : b[(3 + column) * bStride + k]
          return sum + left * right
        }
    }
    #expect(c == wanted)  // small whole numbers are exact
  }
}
