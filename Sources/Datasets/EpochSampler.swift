import Synchronization
import Tensors

/// Which images make up the batch of a step: every epoch runs through a permutation of its own.
///
/// What is left at an epoch's end and fills no batch is dropped. A set smaller than a batch makes one batch an
/// epoch, by repeating the permutation until the batch is full.
public final class EpochSampler: Sendable {
  /// The run's seed.
  public let seed: UInt64
  /// Images in the set.
  public let count: Int
  /// Images in a batch.
  public let batchSize: Int

  private struct Order {
    let epoch: Int
    let permutation: [Int32]
  }
  // The loader is in two epochs at once around an epoch's end.
  private let recent = Mutex<[Order]>([])

  /// Creates a sampler of `count` images.
  public init(seed: UInt64, count: Int, batchSize: Int) {
    precondition(count > 0 && count <= Int32.max, "EpochSampler: \(count) images")
    precondition(batchSize > 0, "EpochSampler: batches of \(batchSize)")
    self.seed = seed
    self.count = count
    self.batchSize = batchSize
  }

  /// Batches in an epoch; at least 1.
  public var stepsPerEpoch: Int { max(1, count / batchSize) }

  /// The images of a step's batch, as numbers in the set; depends on the seed and the step only.
  public func batch(_ step: Int) -> (epoch: Int, sampleIndices: [Int]) {
    precondition(step >= 0, "EpochSampler: step \(step)")
    let epoch = step / stepsPerEpoch
    let start = step % stepsPerEpoch * batchSize
    let permutation = permutation(of: epoch)
    return (epoch, (start..<start + batchSize).map { Int(permutation[$0 % count]) })
  }

  private func permutation(of epoch: Int) -> [Int32] {
    recent.withLock { recent in
      if let order = recent.first(where: { $0.epoch == epoch }) { return order.permutation }
      var stream = RandomStream(seed: seed, purpose: .order, epoch: epoch)
      let order = Order(epoch: epoch, permutation: stream.permutation(count))
      recent = recent.suffix(1) + [order]
      return order.permutation
    }
  }
}
