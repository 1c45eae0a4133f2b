import Platform
import Tensors
import TestSupport
import Testing

@Suite("Singular values")
struct SingularValuesTests {
  private func random(_ count: Int) -> [Double] {
    var stream = RandomStream(seed: 3, purpose: .synthetic, name: "\(count)")
    return (0..<count).map { _ in stream.normal() }
  }

  private func product(_ a: [Double], _ b: [Double], rows: Int, inner: Int, columns: Int) -> [Double] {
    (0..<rows * columns).map { place in
      (0..<inner).reduce(0) { $0 + a[place / columns * inner + $1] * b[$1 * columns + place % columns] }
    }
  }

  private func transposed(_ a: [Double], rows: Int, columns: Int) -> [Double] {
    (0..<rows * columns).map { a[$0 % rows * columns + $0 / rows] }
  }

  private func identity(_ order: Int) -> [Double] {
    (0..<order * order).map { $0 % (order + 1) == 0 ? 1 : 0 }
  }

  @Test(arguments: [(1, 1), (7, 7), (9, 4), (4, 9), (60, 60)])
  func giveTheMatrixBack(rows: Int, columns: Int) throws {
    let matrix = random(rows * columns)
    let rank = min(rows, columns)
    let singular = try #require(SingularValues(of: matrix, rows: rows, columns: columns))
    #expect(singular.values == singular.values.sorted(by: >) && singular.values.allSatisfy { $0 > 0 })
    let scaled = singular.left.enumerated().map { $1 * singular.values[$0 % rank] }
    let back = product(scaled, singular.right, rows: rows, inner: rank, columns: columns)
    #expect(relativeError(back, matrix) <= 1e-13)
    let left = transposed(singular.left, rows: rows, columns: rank)
    let gram = product(left, singular.left, rows: rank, inner: rows, columns: rank)
    #expect(relativeError(gram, identity(rank)) <= 1e-13)
    let right = transposed(singular.right, rows: rank, columns: columns)
    #expect(
      relativeError(product(singular.right, right, rows: rank, inner: columns, columns: rank), identity(rank))
        <= 1e-13)
    for vector in 0..<rank {
      let column = (0..<rows).map { singular.left[$0 * rank + vector] }
      #expect((column.max { abs($0) < abs($1) } ?? 0) > 0)
    }
  }

  /// U·Vᵀ is the nearest: of a matrix that is orthonormal already, itself.
  @Test(arguments: [(6, 6), (8, 3), (3, 8)])
  func theNearestOrthonormalMatrix(rows: Int, columns: Int) throws {
    let singular = try #require(SingularValues(of: random(rows * columns), rows: rows, columns: columns))
    let nearest = singular.orthonormal
    let other = transposed(nearest, rows: rows, columns: columns)
    let gram =
      rows <= columns
      ? product(nearest, other, rows: rows, inner: columns, columns: rows)
      : product(other, nearest, rows: columns, inner: rows, columns: columns)
    #expect(relativeError(gram, identity(min(rows, columns))) <= 1e-13)
    let again = try #require(SingularValues(of: nearest, rows: rows, columns: columns)).orthonormal
    #expect(relativeError(again, nearest) <= 1e-13)
  }

  @Test func whatIsNotFiniteHasNone() {
    #expect(SingularValues(of: [1, .nan, 0, 2], rows: 2, columns: 2) == nil)
  }
}
