import Datasets
import Foundation
import Logging
import Platform
import Records
import Tensors
import VisionTransformer

/// Trains a plan in a run folder: to its end, or until it is stopped; then it goes on where it was.
public final class Trainer {
  /// How a call of `run` ended.
  public enum Ending: Sendable, Equatable {
    /// All steps are done.
    case finished
    /// All steps were done before: there was nothing left to do.
    case finishedBefore
    /// It was asked to stop; the checkpoint of that step is on disk.
    case interrupted(step: Int)
  }

  /// What is trained.
  public let plan: TrainingPlan
  /// Where the run is.
  public let folder: RunFolder
  /// Called after each checkpoint with its step.
  public var onCheckpoint: ((Int) -> Void)?
  /// Scores the encoder for `train.monitor`, which wants it.
  public var scoring: EncoderScoring?
  /// Told what is worth knowing about a run that goes on; without it the logger is.
  public var onNote: ((String) -> Void)?
  /// Told each warning once; without it the logger is.
  public var onWarning: ((HealthWarning) -> Void)?

  private let provenance: Provenance
  private let logger = Logger(label: "vitrail.pretraining")

  /// Prepares a run; nothing is written.
  ///
  /// - Parameter provenance: what the folder and its weights tell of who trained.
  public init(_ plan: TrainingPlan, in folder: RunFolder, provenance: Provenance = Provenance()) {
    self.plan = plan
    self.folder = folder
    self.provenance = provenance
  }

  /// Trains to the end or until `shouldStop`, from the newest checkpoint when `resuming`.
  ///
  /// A run that goes on must have the recipe and the images that it was stopped with; what may differ is told to
  /// `onNote`.
  ///
  /// - Parameter acceptingChangedData: whether it goes on all the same with other images, or other keys about them.
  /// - Throws: `Failure` when the disk is full, too many images are bad or away, or the loss is not finite; the newest
  ///   checkpoint stays as it is, and images that fail leave one of the last step that was done.
  public func run(
    resuming: Bool, acceptingChangedData: Bool = false, shouldStop: () -> Bool = { false },
    onProgress: @escaping (TrainingReport) -> Void = { _ in }
  ) throws(Failure) -> Ending {
    try plan.requireKnownLength()
    let checkpoint = Checkpoint(folder, of: plan, provenance: provenance)
    let check = ResumeCheck(
      recipe: plan.recipe, variants: plan.variants, folder: folder, acceptsChangedData: acceptingChangedData,
      note: note)
    let start = try SessionStart(plan, checkpoint, check, resuming: resuming)
    guard start.step < plan.totalSteps || start.isEvaluationMissing else { return .finishedBefore }
    let session = try TrainingSession(
      plan, checkpoint, start, scoring: scoring,
      tell: .init(note: note, warning: warn, checkpoint: checkpointed, report: onProgress))
    defer { session.loader.stop() }
    return try train(session, from: start.step, shouldStop)
  }

  /// The loop: a batch, its rate, a step, and whoever is to see it.
  private func train(
    _ session: TrainingSession, from start: Int, _ shouldStop: () -> Bool
  ) throws(Failure) -> Ending {
    var done = start
    try session.begin()
    while done < plan.totalSteps {
      if shouldStop() {
        try session.writer.save(after: done)
        return .interrupted(step: done)
      }
      let next = try session.writer.keepingSteps(until: done) { () throws(Failure) in
        try session.loader.next(unless: shouldStop)
      }
      guard let batch = next else {
        if shouldStop() { continue }
        break
      }
      if done == 0 { plan.calibrate(on: batch) }
      let step = PendingStep(
        number: done + 1, batch: batch, learningRate: plan.schedule.rate(at: plan.epochs(done)),
        progress: plan.progress(before: done + 1))
      for observer in session.observers { try observer.willTake(step) }
      let outcome = plan.step.run(batch, learningRate: step.learningRate, step: step.number)
      guard outcome.isFinite else { throw try Divergence.failure(at: step, outcome, of: plan, in: folder) }
      done += 1
      for observer in session.observers { try observer.didTake(step, outcome) }
    }
    try session.writer.save(after: done)
    return .finished
  }

  private func checkpointed(step: Int) {
    logger.debug("checkpoint", metadata: ["step": "\(step)", "folder": "\(folder.url.path)"])
    onCheckpoint?(step)
  }

  private func note(_ text: String) {
    if let onNote { return onNote(text) }
    logger.notice("\(text)", metadata: ["folder": "\(folder.url.path)"])
  }

  private func warn(_ warning: HealthWarning) {
    if let onWarning { return onWarning(warning) }
    logger.warning("\(warning)", metadata: ["folder": "\(folder.url.path)"])
  }
}

extension TrainingPlan {
  /// Refuses a plan whose `train.minutes` are not measured.
  fileprivate func requireKnownLength() throws(Failure) {
    guard recipe.train.isUnmeasured else { return }
    throw Failure(
      "how many steps \(recipe.train.minutes ?? 0) minutes are is not known yet", at: "train.minutes",
      mend: "measure them: train the recipe that TrainingPlan.measuredRecipe(at: measureRate(for: 10)) gives")
  }
}
