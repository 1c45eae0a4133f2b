import Datasets
import Tensors

/// The samples of one step: lanes take parts of them as micro-batches, when they need them.
public protocol StepSamples: Sendable {
  /// Whose samples they are.
  var identity: SampleIdentity { get }
  /// The samples `range`; what is made for it comes from `pool`.
  func microBatch(_ range: Range<Int>, pool: BufferPool) -> MicroBatch
}

extension StepSamples {
  /// Number of samples.
  public var count: Int { identity.indices.count }
}

extension MicroBatch: StepSamples {
  /// A part of it; storage is shared.
  public func microBatch(_ range: Range<Int>, pool: BufferPool) -> MicroBatch { slice(range) }
}

extension TrainingBatch: StepSamples {
  /// The patches of all views of some images.
  public func microBatch(_ range: Range<Int>, pool: BufferPool) -> MicroBatch {
    MicroBatch(
      views: views.map { MicroBatch.View($0.patches(range, pool: pool), grid: $0.grid) },
      labels: labels.isEmpty ? [] : Array(labels[range]), identity: identity[range])
  }
}
