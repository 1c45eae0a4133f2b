/// What the participants of a training step exchange while they run: sums over the whole batch.
///
/// Every participant holds its own object. All call the same methods in the same order, as often as the others.
public protocol Collective: Sendable {
  /// Whether this participant writes what all of them have learnt; one does.
  var isLeader: Bool { get }
  /// Replaces the values by their sums over all participants, added in the order of the participants.
  func sum(_ values: inout [Double])
}
