import Platform

/// Looks at the encoder where `train.monitor` wants it, and saves what is the best so far.
final class MonitorObserver: TrainingObserver {
  private let monitor: EncoderMonitor
  private let writer: CheckpointWriter
  private let meter: ProgressMeter

  init(_ monitor: EncoderMonitor, _ writer: CheckpointWriter, _ meter: ProgressMeter) {
    self.monitor = monitor
    self.writer = writer
    self.meter = meter
  }

  func didTake(_ step: PendingStep, _ outcome: TrainingStep.Outcome) throws(Failure) {
    if monitor.isDue(after: step.number) { try evaluate(after: step.number) }
  }

  /// Looks, whether it is due or not.
  func evaluate(after step: Int) throws(Failure) {
    let start = Clock.seconds
    let isBest = try writer.keepingSteps(until: step) { () throws(Failure) in
      try monitor.evaluate(after: step)
    }
    meter.leaveOut(Clock.seconds - start)
    if isBest { try writer.saveBest(after: step) }
  }
}
