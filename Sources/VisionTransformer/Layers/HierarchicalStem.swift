import Tensors

/// The hMLP stem (Touvron et al., 2022): convolutions of side P/4, 2 and 2, each with the stride of its side, to D/4, D/4
/// and D channels, a norm and GELU after the first and the second.
///
/// No two overlap, and no patch sees another: each is a linear layer on pixels in an order in which the parts of a
/// patch, and the parts of those, are neighbours. Weights are [outputs, side·side·inputs], inside of a row as patches
/// are laid out: row, column, channel. The norms of the batch aside, masking before or after gives the same.
struct HierarchicalStem: Sendable {
  private let projections: [Linear]
  private let norms: [any Norm]
  private let order: [Int32]
  private let runLength: Int
  // The biases are the projections' own: norms stand between them and GELU.
  private let noBias: Tensor

  /// Declares `0`, `3`, `6` (projections) and `1`, `4` (norms), as the layers' places in the released code are; both P and
  /// `width` are multiples of 4; the last gives `outputs` values.
  init(grid: PatchGrid, width: Int, outputs: Int, recipe: LayerRecipe, scope: ParameterScope) {
    precondition(
      grid.patchSize % 4 == 0 && width % 4 == 0,
      "HierarchicalStem: patches of \(grid.patchSize), width \(width)")
    let (side, inner) = (grid.patchSize / 4, width / 4)
    func projection(_ name: String, inputs: Int, outputs: Int) -> Linear {
      Linear(.patchEmbedding, inputs: inputs, outputs: outputs, by: recipe.initializer, scope: scope[name])
    }
    func norm(_ name: String) -> any Norm {
      recipe.norm(NormSite(.patchEmbedding, width: inner), scope: scope[name])
    }
    let first = projection("0", inputs: side * side * grid.channels, outputs: inner)
    let firstNorm = norm("1")
    let second = projection("3", inputs: 4 * inner, outputs: inner)
    let secondNorm = norm("4")
    projections = [first, second, projection("6", inputs: 4 * inner, outputs: outputs)]
    norms = [firstNorm, secondNorm]
    noBias = Tensor(shape: [inner])
    runLength = side * grid.channels
    order = Self.order(side: side)
  }

  /// patches [B, K, P·P·C] → [B, K, outputs].
  func callAsFunction(_ patches: Tensor, _ tape: Tape) -> Tensor {
    let (batch, kept) = (patches.shape[0], patches.shape[1])
    let noBias = tape.constant(noBias)
    var parts = tape.reordered(patches, runs: order, of: runLength)
    for (norm, projection) in zip(norms, projections) {
      let inputs = projection.weight.shape[1]
      let projected = projection(parts.reshaped([batch, parts.count / batch / inputs, inputs]), tape)
      parts = tape.gelu(norm(projected, tape), bias: noBias)
    }
    let last = projections[projections.count - 1]
    return last(parts.reshaped([batch, kept, last.weight.shape[1]]), tape)
  }

  /// Where the runs of pixels of a patch of side 4·`side` are, quarter by quarter, in each sixteenth by sixteenth, in each
  /// row by row.
  private static func order(side: Int) -> [Int32] {
    let corners = [(0, 0), (0, 1), (1, 0), (1, 1)]
    return corners.flatMap { outer in
      corners.flatMap { inner in
        (0..<side).map { row in
          Int32(((2 * outer.0 + inner.0) * side + row) * 4 + 2 * outer.1 + inner.1)
        }
      }
    }
  }
}
