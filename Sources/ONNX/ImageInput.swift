import Imaging
import Tensors

/// The entry of a graph: from images as other programs have them to the patches of an encoder.
struct ImageInput {
  static let name = "images"
  static let batch = "batch"

  let grid: PatchGrid
  let preprocessing: Preprocessing
  /// Whether each run decides the height and the width.
  let isOfAnySize: Bool

  /// `images`, float32 [batch, C, H, W], values 0…1.
  var declaration: NamedValue {
    NamedValue(
      name: Self.name,
      dimensions: [
        .variable(Self.batch), .length(grid.channels),
        isOfAnySize ? .variable("height") : .length(grid.imageHeight),
        isOfAnySize ? .variable("width") : .length(grid.imageWidth),
      ])
  }

  private var images: Value { Value(name: Self.name, type: .float) }

  /// Batch, and patches down and across, as a run has them.
  func lengths(_ graph: GraphBuilder) -> (batch: Value, rows: Value, columns: Value) {
    let side = graph.integers([grid.patchSize])
    return (
      graph.length(of: images, axis: 0), graph.quotient(graph.length(of: images, axis: 2), side),
      graph.quotient(graph.length(of: images, axis: 3), side)
    )
  }

  /// (images − mean)/deviation, cut into patches [batch, L, P·P·C]: inside a patch row, column, channel.
  func patches(_ graph: GraphBuilder) -> Value {
    func perChannel(_ values: [Float]) -> Value { graph.numbers(values, [values.count, 1, 1], .float) }
    let normalized = graph.quotient(
      graph.difference(images, perChannel(preprocessing.mean)), perChannel(preprocessing.standardDeviation))
    let side = grid.patchSize
    guard isOfAnySize else {
      let cut = graph.reshaped(normalized, [-1, grid.channels, grid.rows, side, grid.columns, side])
      return graph.reshaped(graph.transposed(cut, [0, 2, 4, 3, 5, 1]), [-1, grid.count, grid.width])
    }
    // What does not divide has more elements than this shape, which runtimes refuse.
    let (batch, rows, columns) = lengths(graph)
    let shape = graph.joined(
      [
        batch, graph.integers([grid.channels]), rows, graph.integers([side]), columns, graph.integers([side]),
      ],
      axis: 0)
    let cut = graph.reshaped(normalized, to: shape)
    return graph.reshaped(graph.transposed(cut, [0, 2, 4, 3, 5, 1]), [0, -1, grid.width])
  }
}
