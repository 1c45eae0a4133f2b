import Tensors

/// One step's images, ready for the model.
public struct TrainingBatch: Sendable {
  /// The step it belongs to.
  public let step: Int
  /// The epoch, and the number of each image in the data set.
  public let identity: SampleIdentity
  /// The class of each image, a place in the source's list; empty when one has none.
  public let labels: [Int]
  /// The views of each image, in the order of the loader's pipelines.
  public let views: [BatchView]

  /// The normalised patches of the first view, [B, L, P·P·C].
  public var patches: Tensor { views[0].patches(0..<identity.indices.count) }
}
