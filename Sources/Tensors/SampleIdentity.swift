import Platform

/// Which samples a micro-batch holds, so that random choices belong to the sample and not to the thread.
public struct SampleIdentity: Sendable {
  /// The run's seed.
  public let seed: UInt64
  /// Counts repetitions of the data; each sample draws anew in each.
  public let epoch: Int
  /// The number of each sample in the data set, in the order of the batch.
  public let indices: [Int]
  /// What tells a sample from its other occurrences in the epoch, in the order of the batch.
  public let repetitions: [Int]

  /// Creates the identity of a batch; without `repetitions` no sample comes twice in an epoch.
  public init(seed: UInt64, epoch: Int, indices: [Int], repetitions: [Int]? = nil) {
    precondition(
      repetitions.map { $0.count == indices.count } ?? true, "SampleIdentity: one repetition a sample")
    self.seed = seed
    self.epoch = epoch
    self.indices = indices
    self.repetitions = repetitions ?? [Int](repeating: 0, count: indices.count)
  }

  /// The identity of some rows.
  public subscript(rows: Range<Int>) -> SampleIdentity {
    SampleIdentity(
      seed: seed, epoch: epoch, indices: Array(indices[rows]), repetitions: Array(repetitions[rows]))
  }

  /// The random stream of row `row` for one purpose; `variant`, below 4096, separates several uses of one purpose.
  public func stream(_ purpose: RandomStream.Purpose, row: Int, variant: Int = 0) -> RandomStream {
    RandomStream(
      seed: seed, purpose: purpose, epoch: epoch, sample: indices[row],
      variant: variant | repetitions[row] << 12)
  }
}
