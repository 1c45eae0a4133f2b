import Imaging
import Tensors

/// The entry of a graph: from images as other programs have them to the patches of an encoder.
struct ImageInput {
  static let name = "images"
  static let batch = "batch"

  let grid: PatchGrid
  let preprocessing: Preprocessing

  /// `images`, float32 [batch, C, H, W], values 0…1.
  var declaration: NamedValue {
    NamedValue(
      name: Self.name,
      dimensions: [
        .variable(Self.batch), .length(grid.channels), .length(grid.imageHeight), .length(grid.imageWidth),
      ])
  }

  /// (images − mean)/deviation, cut into patches [batch, L, P·P·C]: inside a patch row, column, channel.
  func patches(_ graph: GraphBuilder) -> Value {
    func perChannel(_ values: [Float]) -> Value { graph.numbers(values, [values.count, 1, 1], .float) }
    let images = Value(name: Self.name, type: .float)
    let normalized = graph.quotient(
      graph.difference(images, perChannel(preprocessing.mean)), perChannel(preprocessing.standardDeviation))
    let side = grid.patchSize
    let cut = graph.reshaped(normalized, [-1, grid.channels, grid.rows, side, grid.columns, side])
    return graph.reshaped(graph.transposed(cut, [0, 2, 4, 3, 5, 1]), [-1, grid.count, grid.width])
  }
}
