/// Which samples a micro-batch holds, so that random choices belong to the sample and not to the thread.
public struct SampleIdentity: Sendable {
  /// The run's seed.
  public let seed: UInt64
  /// Counts repetitions of the data; each sample draws anew in each.
  public let epoch: Int
  /// The number of each sample in the data set, in the order of the batch.
  public let indices: [Int]

  /// Creates the identity of a batch.
  public init(seed: UInt64, epoch: Int, indices: [Int]) {
    self.seed = seed
    self.epoch = epoch
    self.indices = indices
  }

  /// The random stream of row `row` for one purpose; `variant` separates several uses of one purpose.
  public func stream(_ purpose: RandomStream.Purpose, row: Int, variant: Int = 0) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, epoch: epoch, sample: indices[row], variant: variant)
  }
}
