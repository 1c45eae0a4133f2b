import Datasets
import Evaluation
import Foundation
import Platform
import Pretraining
import Tensors

/// Scores the classifier of a run on labelled test images.
struct ClassifierScoring {
  private let plan: TrainingPlan
  private let folder: RunFolder
  private let train, test: any ImageSource
  private let classNames: [String]
  private let team: LaneTeam
  private let line: ProgressLine

  /// Images that a checkpoint is scored on.
  private static let glanceCount = 1000

  /// Prepares scores.
  ///
  /// - Throws: `Failure` when no test image has a class, one has several, or none is of a class that is learnt.
  init(
    of plan: TrainingPlan, in folder: RunFolder, train: any ImageSource, test: any ImageSource,
    line: ProgressLine
  ) throws(Failure) {
    let known = plan.objectivePlan.classNames ?? []
    let (train, test) = (try ClassifiedImages.labelled(train), try ClassifiedImages.labelled(test))
    let task = Self.task(known, train, test, (0..<test.count).compactMap { test.label(of: $0) })
    if task.unknownCount > 0 {
      guard task.unknownCount < test.count else {
        throw ClassificationTask.nothingInCommon(known, task.unknownClassNames, at: test.path)
      }
      line.say(task.unknownNote)
    }
    self.plan = plan
    self.folder = folder
    self.train = train
    self.test = test
    self.line = line
    classNames = known
    team = LaneTeam(count: plan.resolved.lanes)
  }

  /// Says how the checkpoint of a step does on a thousand test images; the last one is scored in full.
  func glance(step: Int) {
    guard step < plan.totalSteps else { return }
    do throws(Failure) {
      let few = SubsetImages.limited(to: Self.glanceCount, of: test)
      let scores = try scores(on: few) { _ in }.scores
      line.say("step \(step): top-1 \(fixed(scores.top1 * 100, 2)) % of \(few.count) test images")
    } catch {
      line.warn("\(error)")
    }
  }

  /// Scores all test images; writes `classification.json`, and tables and pictures into `classification/`.
  func write() throws(Failure) -> EvaluationReport {
    let found = try scores(on: test) { [line, test] in line.show("test", done: $0, of: test.count) }
    line.finish()
    if let first = found.skipped.first {
      line.say(
        "skipped \(found.skipped.count) bad images in \(test.path), such as \(first.path): \(first.reason)")
    }
    let result = Scores(
      evaluator: ClassifierResult.name, result: ClassifierResult(found.scores), chance: found.chance)
    var report = EvaluationReport(
      weights: folder.url.path, train: .init(images: train.count, classes: classNames.count),
      test: .init(images: found.scores.predictions.count, classes: test.classNames.count), scores: [result])
    report.pictures = try EvaluationFiles(folder: folder.classificationFiles, images: nil).write([result])
      .pictures
    try AtomicFile.write(Data(try report.json().utf8), to: folder.classification)
    return report
  }

  private func scores(
    on source: any ImageSource, progress: (Int) -> Void
  ) throws(Failure) -> (
    scores: ClassificationScores, chance: Double, skipped: [(path: String, reason: String)]
  ) {
    let pass = ClassificationPass(
      try Classifier(contentsOf: folder.classifier), team: team, maximumBad: plan.recipe.data.maxBad,
      loading: plan.recipe.data.loading)
    let outcome = try pass.run(source, progress: progress)
    let task = Self.task(
      classNames, train, source, outcome.rows.compactMap { source.label(of: $0) })
    let scores = ClassificationScores(probabilities: outcome.probabilities, task)
    return (scores, task.chance, outcome.skipped)
  }

  /// The labels of some test rows among the classes that are learnt.
  private static func task(
    _ known: [String], _ train: any ImageSource, _ test: any ImageSource, _ labels: [Int]
  ) -> ClassificationTask {
    let places = ClassMatch(train.classNames, among: known).places
    return ClassificationTask(
      classNames: known,
      trainLabels: (0..<train.count).compactMap { train.label(of: $0).flatMap { places[$0] } },
      testLabels: labels, testClassNames: test.classNames)
  }
}
