import Platform
import Tensors
import VisionTransformer

/// Images whose height and width each run decides: their grid of patches as values of the graph, and the positions that
/// the graph computes for it, in single precision.
struct DynamicSize {
  /// Whole numbers [1] of a run.
  let batch, rows, columns: Value
  /// The encoder's own grid.
  let grid: PatchGrid
  let transfer: PositionTransfer
  let configuration: VisionTransformerConfiguration

  /// - Throws: `Failure` when positions cannot follow as `transfer` says.
  init(
    _ configuration: VisionTransformerConfiguration, _ transfer: PositionTransfer,
    _ lengths: (batch: Value, rows: Value, columns: Value), at place: String
  ) throws(Failure) {
    guard configuration.positions != .learned || transfer != .recomputed else {
      throw Failure(
        "learned positions cannot be recomputed for other sizes", at: place,
        mend: "interpolate them: bicubic or antialiased")
    }
    (batch, rows, columns) = lengths
    (grid, self.transfer, self.configuration) = (configuration.grid, transfer, configuration)
  }

  /// Rows [k, width] and behind them a row of `filler` for each patch.
  func padded(_ leading: [Float], width: Int, with filler: Float, _ type: ElementType, _ graph: GraphBuilder)
    -> Value
  {
    let pads = graph.joined(
      [graph.integers([0, 0]), graph.product(rows, columns), graph.integers([0])], axis: 0)
    return graph.apply(
      "Pad", graph.numbers(leading, [leading.count / width, width], type), pads, graph.number(filler, type))
  }

  /// The encoder's own table [L, width] of positions, brought to the run's grid → [rows·columns, width].
  func positions(_ table: [Float], width: Int, _ graph: GraphBuilder) -> Value {
    guard transfer != .recomputed else { return sinCosTable(graph) }
    let down = graph.matrixProduct(
      interpolation(from: grid.rows, to: rows, graph),
      graph.numbers(table, [grid.rows, grid.columns * width], .float))
    let across = graph.matrixProduct(
      interpolation(from: grid.columns, to: columns, graph),
      graph.reshaped(down, [-1, grid.columns, width]))
    return graph.reshaped(across, [-1, width])
  }
}
