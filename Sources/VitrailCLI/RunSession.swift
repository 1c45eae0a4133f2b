import Datasets
import Foundation
import Platform
import Pretraining
import Reports

/// A run as a command carries it out: what it says before, meanwhile and when it is stopped.
struct RunSession {
  let run: PretrainingRun
  let source: any ImageSource
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
    announce()
    run.onCheckpoint = onCheckpoint
    run.onNote = { [line] text in line.say("note: \(text)") }
    run.onWarning = { [line] warning in line.warn("\(warning)") }
    if let monitor = run.recipe.train.monitor {
      let scoring = try MonitorScoring(monitor, run.recipe)
      for note in scoring.notes { line.say("monitor: \(note)") }
      run.scoring = { [line] (encoder, preprocessing) throws(Failure) in
        try scoring.score(encoder, preprocessing, line)
      }
    }
    StopSignals.listen()
    let start = Clock.seconds
    let ending: PretrainingRun.Ending
    var last: PretrainingRun.Progress?
    do throws(Failure) {
      ending = try run.run(
        resuming: resuming, acceptingChangedData: acceptingChangedData,
        shouldStop: { StopSignals.wantsStop || shouldStop() },
        onProgress: {
          last = $0
          line.show($0)
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

  private func announce() {
    let model = run.encoder.configuration
    let lines = [
      "images   \(source.count) in \(source.path)",
      "model    \(model.width) × \(model.depth), \(model.headCount) heads, patch \(model.patchSize), \(run.encoder.parameters.trainableScalarCount) parameters with heads",
      "training \(run.totalSteps) steps of \(run.recipe.train.batchSize), objective \(run.recipe.objective.name)",
      "folder   \(run.folder.url.path)",
    ]
    line.say(lines.joined(separator: "\n"))
    line.say(passedOverIn: source)
  }
}
