import Foundation

/// Cosines and sines of rotary positions on a grid (Su et al., 2021; Heo et al., 2024), for heads of one width.
///
/// Of a head's d channels the first half turns by the row of the patch, the second by its column. In each half channel i
/// and channel i + d/4 are a pair (half-split, not interleaved), turned by the coordinate times base^(−2i/(d/2)),
/// i = 0 … d/4 − 1. Coordinates are whole numbers from 0; of a grid that spans another one they are stretched to it.
public struct RotaryTable: Sendable {
  /// Number of patches, L.
  public let count: Int
  /// Width of a head, d.
  public let headWidth: Int
  // [L, d/2] each: d/4 of the row, d/4 of the column.
  let cosines, sines: Tensor

  /// Computes the table; the width of a head must be a multiple of 4. `span` is the grid whose area this one covers, nil
  /// for its own: coordinate i becomes (i + ½)·span/count − ½.
  public init(
    rows: Int, columns: Int, spanning span: (rows: Int, columns: Int)? = nil, headWidth: Int, base: Double
  ) {
    precondition(headWidth % 4 == 0, "RotaryTable: the head width \(headWidth) is not a multiple of 4")
    count = rows * columns
    self.headWidth = headWidth
    let quarter = headWidth / 4
    let frequencies = (0..<quarter).map { pow(base, -Double($0) / Double(quarter)) }
    func stretched(_ index: Int, _ count: Int, to span: Int?) -> Double {
      guard let span, span != count else { return Double(index) }
      return (Double(index) + 0.5) * Double(span) / Double(count) - 0.5
    }
    let angles = (0..<count).flatMap { patch in
      [
        stretched(patch / columns, rows, to: span?.rows),
        stretched(patch % columns, columns, to: span?.columns),
      ]
      .flatMap { coordinate in frequencies.map { coordinate * $0 } }
    }
    cosines = Tensor(shape: [count, 2 * quarter], values: angles.map { Scalar(cos($0)) })
    sines = Tensor(shape: [count, 2 * quarter], values: angles.map { Scalar(sin($0)) })
  }
}

/// Which tokens of a sequence [B, N, …] stand where on a grid, for attention that turns queries and keys.
public struct Rotation: Sendable {
  let table: RotaryTable
  let prefixCount: Int
  let patchIndices: [Int32]?

  /// The first `prefixCount` tokens of each sample are not turned; `patchIndices` [B·K] are those of the others among the L,
  /// nil for all in order.
  public init(_ table: RotaryTable, prefixCount: Int, patchIndices: [Int32]?) {
    self.table = table
    self.prefixCount = prefixCount
    self.patchIndices = patchIndices
  }
}
