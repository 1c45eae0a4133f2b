import Foundation
import Platform
import Pretraining
import Records
import Reports
import Synchronization

/// How many steps of a recipe fit into a budget of seconds.
///
/// A cosine must know its length before it starts. So `vitrail pretrain --dry-run` times the variant's first steps; the
/// steps that fit at that rate become the length of the variant's runs, the same for every seed.
struct StepRateMeasurement {
  let recipe: Recipe
  /// The folder of the variant, in which `budget.json` keeps what was measured.
  let folder: URL
  let seconds: Double
  let log: URL
  let shouldStop: () -> Bool

  /// Runs of one variant that start side by side wait for one measurement.
  private static let locks = Mutex<[String: NSLock]>([:])

  /// The steps; nil when stopped.
  ///
  /// - Throws: `Failure` when the variant cannot be trained at all.
  func steps() throws(Failure) -> Int? {
    let lock = Self.locks.withLock { locks in
      let lock = locks[folder.path] ?? NSLock()
      locks[folder.path] = lock
      return lock
    }
    lock.lock()
    defer { lock.unlock() }
    if let known, known.seconds == seconds { return known.steps }
    guard let found = try measure() else { return nil }
    let record = StudyBudgetRecord(
      seconds: seconds, stepsPerSecond: found.isFinite ? 1 / found.secondsPerStep : 0, steps: found.steps)
    try RecordFile.write(record, to: file)
    return record.steps
  }

  /// Whether the variant was measured for another budget before.
  var isOfAnotherBudget: Bool { known.map { $0.seconds != seconds } ?? false }

  private var file: URL { StudyOutput.budget.url(in: folder) }

  private var known: StudyBudgetRecord? { RecordFile.read(StudyBudgetRecord.self, from: file) }

  /// What a dry run of `seconds` finds; nil when stopped.
  private func measure() throws(Failure) -> RunForecast? {
    let (written, found) = (
      StudyOutput.measuredRecipe.url(in: folder), StudyOutput.measurement.url(in: folder)
    )
    defer { for file in [written, found] { try? FileManager.default.removeItem(at: file) } }
    var recipe = recipe
    (recipe.train.steps, recipe.train.minutes) = (nil, seconds / 60)
    try AtomicFile.write(Data(RecipeFile.text(recipe).utf8), to: written)
    let code = try ChildProcess(log: log, output: found).run(
      ["pretrain", "--recipe", written.path, "--dry-run", "--json", "--parent", "\(getpid())"],
      shouldStop: shouldStop)
    if shouldStop() { return nil }
    guard let data = try? Data(contentsOf: found),
      let forecast = try? JSONDecoder().decode(RunForecast.self, from: data)
    else {
      throw Failure(
        "the speed could not be measured: a dry run ended with code \(code)", at: log.path,
        mend: "mend what it says, and run the study again")
    }
    return forecast
  }
}
