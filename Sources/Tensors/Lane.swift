/// What one lane owns: a tape with its pool and its gradients.
public final class Lane: @unchecked Sendable {
  // Between two meetings of the team, only the thread that runs this lane touches its tape; at a meeting
  // gradients are read by any thread and written by none.

  /// The lane's tape.
  public let tape: Tape

  /// Creates a lane for training or evaluation.
  public init(mode: Tape.Mode) { tape = Tape(mode: mode) }
}
