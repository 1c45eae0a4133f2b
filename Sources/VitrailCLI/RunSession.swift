import Foundation
import Platform
import Pretraining
import Reports

/// A run as a command carries it out: what it says meanwhile and when it is stopped.
struct RunSession {
  let run: PretrainingRun
  let line: ProgressLine
  /// The command's name, to say how to go on.
  let command: String

  /// Trains to the end. `shouldStop` is asked beside the signals.
  ///
  /// - Throws: `Failure`, or `ExitStatus.interrupted` when it was stopped before.
  func train(
    resuming: Bool, acceptingChangedData: Bool, shouldStop: () -> Bool = { false },
    onCheckpoint: @escaping (_ step: Int) -> Void
  ) throws {
    run.onCheckpoint = onCheckpoint
    run.onNote = { [line] text in line.say("note: \(text)") }
    run.onWarning = { [line] warning in line.warn("\(warning)") }
    StopSignals.listen()
    let start = Clock.seconds
    var forecast = FirstForecast()
    let ending: PretrainingRun.Ending
    var last: PretrainingRun.Progress?
    do throws(Failure) {
      ending = try run.run(
        resuming: resuming, acceptingChangedData: acceptingChangedData,
        shouldStop: { StopSignals.wantsStop || shouldStop() },
        onProgress: { progress in
          last = progress
          if progress.step < progress.totalSteps, forecast.isDue() {
            line.say(forecast.text(progress, run))
          }
          line.show(progress)
        })
    } catch {
      line.finish()
      throw error
    }
    line.finish()
    switch ending {
    case .interrupted(let step):
      print("stopped at step \(step) of \(run.totalSteps); go on with:")
      print("  vitrail \(command) --resume --out \(shellWord(run.folder.url.relativePath))")
      throw ExitStatus.interrupted.error
    case .finishedBefore:
      print("finished before: all \(run.totalSteps) steps are done")
      print("to go on, raise train.steps or train.epochs in \(run.folder.recipe.path) and say --resume again")
    case .finished:
      print("trained \(run.totalSteps) steps in \(duration(Clock.seconds - start))")
      if let verdict = last.flatMap(Self.verdict) { print("verdict: \(verdict.text)") }
    }
  }

  /// What the run has come to in words.
  private static func verdict(_ end: PretrainingRun.Progress) -> RunVerdict? {
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

  func text(_ progress: PretrainingRun.Progress, _ run: PretrainingRun) -> String {
    RunForecast.speed(
      secondsPerStep: (Clock.seconds - start) / Double(max(1, taken - 1)),
      batchSize: run.recipe.train.batchSize,
      steps: progress.totalSteps, stepsPerEpoch: run.stepsPerEpoch)
  }
}
