import Datasets
import Foundation
import Platform
import Pretraining
import Reports

/// A run as a command carries it out: what it says meanwhile and when it is stopped.
struct RunSession {
  let trainer: Trainer
  /// The images as they were opened.
  let source: any ImageSource
  let line: ProgressLine
  /// The command's name, to say how to go on.
  let command: String

  /// Where results are told.
  let output: JSONOutput

  /// Trains to the end and tells how it ended. `shouldStop` is asked beside the signals; `conclude` makes what stands at
  /// the end of a run that was not stopped.
  ///
  /// - Throws: `Failure`, or `ExitStatus.interrupted` when it was stopped before.
  func train(
    resuming: Bool, acceptingChangedData: Bool, shouldStop: () -> Bool = { false },
    onCheckpoint: @escaping (_ step: Int) -> Void, conclude: () throws -> RunConclusion
  ) throws {
    trainer.onCheckpoint = onCheckpoint
    trainer.onNote = { [line] text in line.say("note: \(text)") }
    trainer.onWarning = { [line] warning in line.warn("\(warning)") }
    StopSignals.listen()
    let start = Clock.seconds
    var forecast = FirstForecast()
    let ending: Trainer.Ending
    var last: TrainingReport?
    do throws(Failure) {
      ending = try trainer.run(
        resuming: resuming, acceptingChangedData: acceptingChangedData,
        shouldStop: { StopSignals.wantsStop || shouldStop() },
        onProgress: { progress in
          last = progress
          if progress.step < progress.totalSteps, forecast.isDue() {
            line.say(forecast.text(progress, trainer.plan))
          }
          line.show(progress)
        })
    } catch {
      line.finish()
      throw error
    }
    line.finish()
    let seconds = Clock.seconds - start
    let verdict = last.flatMap(Self.verdict)
    func summary(_ ending: String, step: Int, _ conclusion: RunConclusion? = nil) -> RunSummary {
      RunSummary(
        ending: ending, folder: trainer.folder.url.path, step: step, steps: trainer.plan.totalSteps,
        seconds: seconds,
        loss: last?.loss, imagesPerSecond: last?.imagesPerSecond, images: source.count,
        passedOver: source.passedOver, verdict: verdict?.text, conclusion: conclusion)
    }
    switch ending {
    case .interrupted(let step):
      try output.tell(
        """
        stopped at step \(step) of \(trainer.plan.totalSteps); go on with:
          vitrail \(command) --resume --out \(trainer.folder.url.relativePath.shellWord)
        """, summary("interrupted", step: step))
      throw ExitStatus.interrupted.error
    case .finishedBefore:
      let conclusion = try conclude()
      try output.tell(
        """
        finished before: all \(trainer.plan.totalSteps) steps are done
        to go on, raise train.steps or train.epochs in \(trainer.folder.recipe.path) and say --resume again
        \(conclusion.text)
        """, summary("finishedBefore", step: trainer.plan.totalSteps, conclusion))
    case .finished:
      if output.isText {
        print("trained \(trainer.plan.totalSteps) steps in \(duration(seconds))")
        if let verdict { print("verdict: \(verdict.text)") }
      }
      let conclusion = try conclude()
      try output.tell(conclusion.text, summary("finished", step: trainer.plan.totalSteps, conclusion))
    }
  }

  /// What the run has come to in words.
  private static func verdict(_ end: TrainingReport) -> RunVerdict? {
    RunVerdict(
      loss: end.loss, blindLoss: end.features?.baseline?.value, rankMe: end.features?.rankMe,
      directions: end.features?.directions)
  }
}

/// The speed and the time of the whole run, said once it is known: after some steps and seconds.
private struct FirstForecast {
  private static let steps = 3
  private static let seconds = 5.0
  private var isSaid = false
  private var taken = 0
  private var start = 0.0

  /// Whether it is to be said now. The first step, which fills the buffers, does not count.
  mutating func isDue() -> Bool {
    guard !isSaid else { return false }
    taken += 1
    if taken == 1 { start = Clock.seconds }
    isSaid = taken > Self.steps && Clock.seconds - start >= Self.seconds
    return isSaid
  }

  func text(_ progress: TrainingReport, _ plan: TrainingPlan) -> String {
    RunForecast.speed(
      secondsPerStep: (Clock.seconds - start) / Double(max(1, taken - 1)),
      batchSize: plan.recipe.train.batchSize,
      steps: progress.totalSteps, stepsPerEpoch: plan.stepsPerEpoch)
  }
}
