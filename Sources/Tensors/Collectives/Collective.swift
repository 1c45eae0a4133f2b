/// What the participants of a training step exchange while they run: sums and rows over the whole batch.
///
/// Every participant holds its own object. All call the same methods in the same order, as often as the others. Each call
/// returns when all participants have come to it.
public protocol Collective: Sendable {
  /// Which participant this is, from 0; participants hold the samples of a batch in the order of their ranks.
  var rank: Int { get }
  /// Number of participants.
  var count: Int { get }
  /// Replaces the values by their sums over all participants, added in the order of the ranks.
  func allReduce(_ values: inout [Double])
  /// What all participants contribute, in the order of the ranks; each may contribute another number of values.
  func allGather(_ values: [Scalar]) -> [[Scalar]]
  /// The way back of `allGather`: `parts[i]` is for rank i; returns the sum of what all have for this rank, added in the
  /// order of the ranks.
  func reduceScatter(_ parts: [[Scalar]]) -> [Scalar]
}

extension Collective {
  /// Whether this participant writes what all of them have learnt; one does.
  public var isLeader: Bool { rank == 0 }
}
