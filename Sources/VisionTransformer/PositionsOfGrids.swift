import Synchronization
import Tensors

/// Positions of a model for grids of other sizes than its own, made once for each.
///
/// Tables are interpolated, bicubic, as DINO does for its small crops (Caron et al., 2021); rotary coordinates are
/// stretched to the span of the model's own grid.
final class PositionsOfGrids: Sendable {
  private struct Key: Hashable {
    let rows, columns: Int
  }

  private let own: PatchGrid
  private let prefixCount: Int
  private let rotary: (headWidth: Int, base: Double)?
  private let matrices = Mutex<[Key: Tensor]>([:])
  private let tables = Mutex<[Key: RotaryTable]>([:])

  /// `prefixCount` rows lead a table, the class token's.
  init(own: PatchGrid, prefixCount: Int, rotary: (headWidth: Int, base: Double)?) {
    self.own = own
    self.prefixCount = prefixCount
    self.rotary = rotary
  }

  /// The table [1, c + l, D] for a grid from the model's own [1, c + L, D].
  func table(_ table: Tensor, for grid: PatchGrid, _ tape: Tape) -> Tensor {
    guard isOther(grid) else { return table }
    let matrix = matrices.withLock { known in
      let key = Key(rows: grid.rows, columns: grid.columns)
      if let found = known[key] { return found }
      let made = makeMatrix(for: grid)
      known[key] = made
      return made
    }
    return tape.remixed(table, by: matrix)
  }

  /// The angles for a grid, where positions are rotary.
  func rotaryTable(for grid: PatchGrid) -> RotaryTable? {
    guard let rotary else { return nil }
    return tables.withLock { known in
      let key = Key(rows: grid.rows, columns: grid.columns)
      if let found = known[key] { return found }
      let made = RotaryTable(
        rows: grid.rows, columns: grid.columns, spanning: (own.rows, own.columns),
        headWidth: rotary.headWidth,
        base: rotary.base)
      known[key] = made
      return made
    }
  }

  private func isOther(_ grid: PatchGrid) -> Bool {
    grid.rows != own.rows || grid.columns != own.columns
  }

  /// What interpolation makes of a table that is the unit matrix.
  private func makeMatrix(for grid: PatchGrid) -> Tensor {
    let count = prefixCount + own.count
    var unit = [Scalar](repeating: 0, count: count * count)
    for index in 0..<count { unit[index * count + index] = 1 }
    let rows = Positions.interpolated(
      unit, from: (own.rows, own.columns), to: (grid.rows, grid.columns), width: count,
      prefixCount: prefixCount, .bicubic)
    return Tensor(shape: [prefixCount + grid.count, count], values: rows)
  }
}
