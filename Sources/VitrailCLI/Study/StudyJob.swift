import Foundation
import Platform
import Pretraining
import Records
import Reports

/// One run of a study: measured where its budget is in seconds, trained, scored and summed up.
struct StudyJob {
  /// How a call of `run` ended.
  enum Ending {
    case done(StudyRunResult)
    case stopped
  }

  let run: StudyPlan.Run
  let folder: URL
  let budget: StudyBudget
  let evaluation: StudyEvaluation
  let data: StudyData
  let lanes: Int
  let shouldStop: () -> Bool

  private var runFolder: RunFolder { RunFolder(folder.appendingPathComponent(run.folder)) }
  private var log: URL { runFolder.url.appendingPathExtension("log") }
  private var recipe: URL { runFolder.url.appendingPathExtension("yaml") }

  /// What came of the run, if it has ended before.
  ///
  /// - Throws: `Failure` when it was made of another recipe than this study's, or when what it left cannot be read.
  func earlierResult() throws(Failure) -> StudyRunResult? {
    guard FileManager.default.fileExists(atPath: recipe.path) else { return nil }
    try requireSameRecipe(RecipeFile.load(recipe.path, folders: []))
    guard let data = try? Data(contentsOf: runFolder.result) else { return nil }
    do {
      return try JSONDecoder().decode(StudyRunResult.self, from: data)
    } catch {
      throw Failure(
        "no result of a run", at: runFolder.result.path,
        mend: "remove it: the run is then scored again, and not trained again")
    }
  }

  /// Goes on with the run wherever it was.
  ///
  /// - Throws: `Failure` when a process fails for another reason than a divergence.
  func complete() throws(Failure) -> Ending {
    try AtomicFile.createFolder(runFolder.url)
    guard let planned = try plannedSteps() else { return .stopped }
    if divergence == nil {
      guard try train() else { return .stopped }
    }
    var scores: [String: Double] = [:]
    if divergence == nil && !evaluation.evaluators.isEmpty {
      guard let found = try evaluate() else { return .stopped }
      scores = found
    }
    let result = try StudyRunResult(
      metrics: runFolder.metrics, plannedSteps: planned, divergedAt: divergence?.step, scores: scores)
    try RecordFile.write(result, to: runFolder.result)
    // The encoder stays; what only going on would need goes.
    try? FileManager.default.removeItem(at: runFolder.checkpoints)
    return .done(result)
  }

  private var divergence: Divergence? {
    RecordFile.read(Divergence.self, from: runFolder.divergence)
  }

  private func requireSameRecipe(_ stored: Recipe) throws(Failure) {
    var (stored, wanted) = (stored, run.recipe)
    stored.train.lanes = wanted.train.lanes
    if case .seconds(let seconds) = budget, !measurement(seconds).isOfAnotherBudget {
      wanted.train.steps = stored.train.steps
    }
    guard stored == wanted else {
      throw Failure(
        "the run was made of another recipe than the study now says", at: recipe.path,
        mend: "choose another --out, or remove the folder of this variant")
    }
  }

  /// The steps of the run, written into its recipe before it starts; nil when stopped while they were measured.
  private func plannedSteps() throws(Failure) -> Int? {
    if FileManager.default.fileExists(atPath: recipe.path),
      let steps = try RecipeFile.load(recipe.path, folders: []).train.steps
    {
      return steps
    }
    var recipe = measuredRecipe
    if case .seconds(let seconds) = budget {
      guard let steps = try measurement(seconds).steps() else { return nil }
      recipe.train.steps = steps
    }
    try AtomicFile.write(Data(RecipeFile.text(recipe).utf8), to: self.recipe)
    return recipe.train.steps
  }

  private var measuredRecipe: Recipe {
    var recipe = run.recipe
    recipe.train.lanes = .count(lanes)
    return recipe
  }

  private func measurement(_ seconds: Double) -> StepRateMeasurement {
    StepRateMeasurement(
      recipe: measuredRecipe, folder: folder.appendingPathComponent(run.variantFolder), seconds: seconds,
      log: log, shouldStop: shouldStop)
  }

  /// Its report is the last that a run writes, and only a run that was summed up has lost its checkpoints.
  private var isTrained: Bool {
    FileManager.default.fileExists(atPath: runFolder.report.path)
      && !FileManager.default.fileExists(atPath: runFolder.checkpoints.path)
  }

  /// Whether training came to its end or diverged; false when somebody stopped it.
  private func train() throws(Failure) -> Bool {
    if isTrained { return true }
    let code = try ChildProcess(log: log).run(
      [
        "pretrain", "--resume", "--recipe", recipe.path, "--out", runFolder.url.path, "--parent",
        "\(getpid())",
      ],
      shouldStop: shouldStop)
    if divergence != nil { return true }
    if code == ExitStatus.interrupted.rawValue { return false }
    try require(code, "training")
    return FileManager.default.fileExists(atPath: runFolder.report.path)
  }

  private func evaluate() throws(Failure) -> [String: Double]? {
    guard let train = data.evaluationTrain ?? data.train else {
      throw Failure(
        "no labelled images to score on", at: "data", mend: "give --data, or --train and --test")
    }
    var arguments = ["evaluate", "--weights", runFolder.url.path, "--lanes", "\(lanes)"]
    arguments += ["--no-baselines", "--no-cache"]
    arguments += ["--train", train, "--test", data.evaluationTest ?? train]
    arguments += ["--evaluators", evaluation.evaluators.joined(separator: ",")]
    if let limit = evaluation.limit { arguments += ["--limit", "\(limit)"] }
    let code = try ChildProcess(stopSignal: SIGKILL, log: log).run(arguments, shouldStop: shouldStop)
    if code == -SIGKILL && shouldStop() { return nil }
    try require(code, "evaluation")
    guard let record = RecordFile.read(EvaluationRecord.self, from: runFolder.evaluation) else {
      throw Failure("the evaluation left no scores", at: runFolder.evaluation.path, mend: "see \(log.path)")
    }
    return record.top1
  }

  private func require(_ code: Int32, _ what: String) throws(Failure) {
    guard code != 0 else { return }
    let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    let last = text.split(separator: "\n").last.map(String.init) ?? "it said nothing"
    throw Failure(
      "\(what) ended with code \(code): \(last)", at: log.path, mend: "mend that, and run the study again")
  }
}
