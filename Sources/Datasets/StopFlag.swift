import Synchronization

/// Tells threads that wait that nobody wants their work any more.
final class StopFlag: Sendable {
  private let value = Atomic(false)

  /// Whether it is raised.
  var isRaised: Bool { value.load(ordering: .relaxed) }

  /// Raises it for good.
  func raise() { value.store(true, ordering: .relaxed) }
}
