/// What one lane owns: a pool of buffers, and the gradients that gather over the passes of a step.
public final class Lane: @unchecked Sendable {
  // Between two barriers of the team, only the thread that runs this lane touches it; at a barrier gradients are read by
  // any thread and written by none. `times` is set between two steps.

  /// The pool of all its passes.
  public let pool = BufferPool()
  /// The gradients of all its passes.
  public let gradients = ParameterGradients()
  /// Collects the time of operations by kind when set.
  package var times: OperationTimes?

  /// Creates a lane.
  public init() {}

  /// The tape of a pass on this lane.
  public func tape(_ context: PassContext, recordsGradients: Bool? = nil) -> Tape {
    var observer = PassObserver()
    observer.times = times
    return Tape(
      context, recordsGradients: recordsGradients, observer: observer, gradients: gradients, pool: pool)
  }
}
