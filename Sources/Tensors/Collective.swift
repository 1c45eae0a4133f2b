/// What the participants of a training step exchange while they run: sums and rows over the whole batch.
///
/// Every participant holds its own object. All call the same methods in the same order, as often as the others.
public protocol Collective: Sendable {
  /// Which participant this is, from 0; participants hold the samples of a batch in this order.
  var rank: Int { get }
  /// Replaces the values by their sums over all participants, added in the order of the participants.
  func sum(_ values: inout [Double])
  /// What all participants bring, in their order; each may bring another number of values.
  func gather(_ values: [Scalar]) -> [[Scalar]]
  /// The way back of `gather`: `parts[i]` is for participant i; returns the sum of what all have for this one, added in
  /// the order of the participants.
  func scatterSum(_ parts: [[Scalar]]) -> [Scalar]
}

extension Collective {
  /// Whether this participant writes what all of them have learnt; one does.
  public var isLeader: Bool { rank == 0 }
}
