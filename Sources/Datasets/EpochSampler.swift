import Synchronization
import Tensors

/// Which images make up the batch of a step: every epoch runs through the set in an order of its own.
///
/// What is left at an epoch's end and fills no batch is dropped. A set smaller than a batch makes one batch an
/// epoch, by repeating the epoch's order until the batch is full.
public final class EpochSampler: Sendable {
  /// The run's seed.
  public let seed: UInt64
  /// What kind of order epochs have.
  public let order: SampleOrder
  /// Images in the set.
  public let count: Int
  /// Images in a batch.
  public let batchSize: Int

  // The loader is in two epochs at once around an epoch's end.
  private let recent = Mutex<[(epoch: Int, order: EpochOrder)]>([])

  /// Creates a sampler of `count` images.
  public init(seed: UInt64, order: SampleOrder = .uniform, count: Int, batchSize: Int) {
    precondition(count > 0 && count <= Int32.max, "EpochSampler: \(count) images")
    precondition(batchSize > 0, "EpochSampler: batches of \(batchSize)")
    self.seed = seed
    self.order = order
    self.count = count
    self.batchSize = batchSize
  }

  /// Batches in an epoch; at least 1.
  public var stepsPerEpoch: Int { Self.stepsPerEpoch(count: count, batchSize: batchSize) }

  /// Batches in an epoch of that many images; at least 1.
  public static func stepsPerEpoch(count: Int, batchSize: Int) -> Int { max(1, count / batchSize) }

  /// The images of a step's batch, as numbers in the set; depends on the seed and the step only.
  public func batch(_ step: Int) -> (epoch: Int, sampleIndices: [Int]) {
    let (epoch, places, order) = epochOrder(of: step)
    return (epoch, places.map { Int(order.samples[$0 % count]) })
  }

  /// For each image of a step's batch, a number that tells it from other occurrences of the same image in the epoch.
  public func repetitions(_ step: Int) -> [Int] {
    let (_, places, order) = epochOrder(of: step)
    // Places beyond the set are those of a batch larger than it.
    let stride = 1 + Int(order.repetitions.max() ?? 0)
    return places.map { place in
      place / count * stride + (order.repetitions.isEmpty ? 0 : Int(order.repetitions[place % count]))
    }
  }

  private func epochOrder(of step: Int) -> (epoch: Int, places: Range<Int>, order: EpochOrder) {
    precondition(step >= 0, "EpochSampler: step \(step)")
    let epoch = step / stepsPerEpoch
    let start = step % stepsPerEpoch * batchSize
    let found = recent.withLock { recent in
      if let known = recent.first(where: { $0.epoch == epoch }) { return known.order }
      let made = EpochOrder(order, epoch: epoch, seed: seed, count: count)
      recent = recent.suffix(1) + [(epoch, made)]
      return made
    }
    return (epoch, start..<start + batchSize, found)
  }
}
