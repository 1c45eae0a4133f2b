import Imaging
import Platform
import Tensors

/// One view of every image of a batch, in 8 or 16 bits: a quarter or half of what its patches take, which are made a part
/// at a time by whoever reads them.
public struct BatchView: Sendable {
  /// The views in the order of the batch, all of the grid's size.
  public let images: [Image]
  /// How they are cut.
  public let grid: PatchGrid
  /// What their samples are normalised by.
  public let normalization: ChannelNormalization

  /// The normalised patches of the images `range`: [range, L, P·P·C].
  public func patches(_ range: Range<Int>, pool: BufferPool = BufferPool()) -> Tensor {
    let patches = Tensor(unwritten: [range.count, grid.count, grid.width], pool: pool)
    for (row, index) in range.enumerated() {
      grid.patchify(images[index].samples, normalization, into: patches, at: row)
    }
    return patches
  }
}
