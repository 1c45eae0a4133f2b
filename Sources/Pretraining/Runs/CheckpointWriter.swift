import Platform

/// Writes the checkpoints of a session, whoever asks for them.
final class CheckpointWriter {
  /// When the newest was written, and after which step; of none yet, when the session began.
  private(set) var lastTime = Clock.seconds
  private(set) var lastStep: Int?

  private let checkpoint: Checkpoint
  private let start: SessionStart
  private let meter: ProgressMeter
  private let tell: (_ step: Int) -> Void

  init(
    _ checkpoint: Checkpoint, _ start: SessionStart, _ meter: ProgressMeter,
    tell: @escaping (_ step: Int) -> Void
  ) {
    self.checkpoint = checkpoint
    self.start = start
    self.meter = meter
    self.tell = tell
  }

  /// Writes a checkpoint and tells of it.
  func save(after step: Int) throws(Failure) {
    try write(after: step)
    tell(step)
  }

  /// Writes a checkpoint that is kept as the best so far.
  func saveBest(after step: Int) throws(Failure) {
    try save(after: step)
    try checkpoint.keepBest(step: step)
  }

  /// Does what may fail by images that are away; the last step that was done stays then.
  func keepingSteps<Result>(
    until done: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    do throws(Failure) {
      return try body()
    } catch {
      guard done > 0, (try? write(after: done)) != nil else { throw error }
      throw Failure(
        "\(error.problem); stopped after step \(done), which is kept", at: error.place,
        mend: "\(error.remedy); then go on with --resume")
    }
  }

  private func write(after step: Int) throws(Failure) {
    try checkpoint.write(
      step: step, seconds: start.seconds + meter.seconds,
      meter.open.merging(["images": start.images]) { $1 })
    (lastTime, lastStep) = (Clock.seconds, step)
  }
}
