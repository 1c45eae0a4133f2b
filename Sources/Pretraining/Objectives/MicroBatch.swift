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
  /// The class of each sample, a place in the list of the objective's; empty where samples have none.
  public let labels: [Int]
  /// What a supervised loss wants of samples that are of no single class, [B, K]; nil: what their labels say.
  public let targets: Tensor?
  /// Whose patches they are: what random choices derive from.
  public let identity: SampleIdentity

  /// Creates a micro-batch.
  public init(views: [View], labels: [Int] = [], targets: Tensor? = nil, identity: SampleIdentity) {
    let count = identity.indices.count
    precondition(
      !views.isEmpty && views.allSatisfy { $0.patches.shape[0] == count }, "MicroBatch: one index a sample")
    precondition(
      (labels.isEmpty || labels.count == count) && (targets?.shape[0] ?? count) == count,
      "MicroBatch: \(labels.count) labels for \(count) samples")
    self.views = views
    self.labels = labels
    self.targets = targets
    self.identity = identity
  }

  /// Creates a micro-batch of one view.
  public init(
    patches: Tensor, labels: [Int] = [], targets: Tensor? = nil, identity: SampleIdentity
  ) {
    self.init(views: [View(patches)], labels: labels, targets: targets, identity: identity)
  }

  /// The patches of the first view.
  public var patches: Tensor { views[0].patches }

  /// The micro-batch of samples `range`; storage is shared.
  public func slice(_ range: Range<Int>) -> MicroBatch {
    MicroBatch(
      views: views.map { View($0.patches.slice(range), grid: $0.grid) },
      labels: labels.isEmpty ? [] : Array(labels[range]), targets: targets?.slice(range),
      identity: identity[range])
  }
}
