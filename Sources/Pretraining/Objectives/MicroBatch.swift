import Tensors

/// The samples that one lane takes through one forward pass.
public struct MicroBatch: Sendable {
  /// One view of every sample.
  public struct View: Sendable {
    /// Normalised patches [B, L, P·P·C].
    public let patches: Tensor
    /// How the images of this view were cut; nil: as the encoder has it.
    public let grid: PatchGrid?

    /// Creates a view.
    public init(_ patches: Tensor, grid: PatchGrid? = nil) {
      self.patches = patches
      self.grid = grid
    }
  }

  /// The views of each sample, one or more.
  public let views: [View]
  /// Whose patches they are: what random choices derive from.
  public let identity: SampleIdentity

  /// Creates a micro-batch.
  public init(views: [View], identity: SampleIdentity) {
    precondition(
      !views.isEmpty && views.allSatisfy { $0.patches.shape[0] == identity.indices.count },
      "MicroBatch: one index a sample")
    self.views = views
    self.identity = identity
  }

  /// Creates a micro-batch of one view.
  public init(patches: Tensor, identity: SampleIdentity) {
    self.init(views: [View(patches)], identity: identity)
  }

  /// The patches of the first view.
  public var patches: Tensor { views[0].patches }

  /// The micro-batch of samples `range`; storage is shared.
  public func slice(_ range: Range<Int>) -> MicroBatch {
    MicroBatch(
      views: views.map { View($0.patches.slice(range), grid: $0.grid) }, identity: identity[range])
  }
}
