import Foundation
import Platform
import Pretraining
import Reports
import Synchronization

/// How many steps of a recipe fit into a budget of seconds.
///
/// A cosine must know its length before it starts. So the variant's first steps are timed, at a learning rate of 0, at
/// which nothing can diverge and a step takes as long as any other; the steps that fit at that rate become the length of
/// the variant's runs, the same for every seed. The first step, which fills the buffers, is not counted.
struct StepRateMeasurement {
  let recipe: Recipe
  /// The folder of the variant, in which `budget.json` keeps what was measured.
  let folder: URL
  let seconds: Double
  let log: URL
  let shouldStop: () -> Bool

  private struct Record: Codable {
    var seconds, stepsPerSecond: Double
    var steps: Int
  }

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
    let file = folder.appendingPathComponent("budget.json")
    if let data = try? Data(contentsOf: file), let known = try? JSONDecoder().decode(Record.self, from: data),
      known.seconds == seconds
    {
      return known.steps
    }
    guard let rate = try measure() else { return nil }
    let record = Record(seconds: seconds, stepsPerSecond: rate, steps: max(1, Int(rate * seconds)))
    try AtomicFile.write(Data((JSONValue.encoding(record).text + "\n").utf8), to: file)
    return record.steps
  }

  /// Steps a second; 0 for a variant whose first step is not finite. Nil when stopped.
  private func measure() throws(Failure) -> Double? {
    let run = RunFolder(folder.appendingPathComponent("measurement"))
    let written = folder.appendingPathComponent("measurement.yaml")
    defer {
      try? FileManager.default.removeItem(at: run.url)
      try? FileManager.default.removeItem(at: written)
    }
    try? FileManager.default.removeItem(at: run.url)
    var recipe = recipe
    recipe.train.learningRatePerBatch256 = 0
    recipe.train.minimumLearningRate = 0
    recipe.train.steps = 1 << 30
    recipe.train.logSteps = 1
    try AtomicFile.write(Data(RecipeFile.text(recipe).utf8), to: written)
    let wanted = min(10, max(1, seconds / 10))
    let code = try ChildProcess(log: log).run(
      ["pretrain", "--recipe", written.path, "--out", run.url.path, "--parent", "\(getpid())"]
    ) { shouldStop() || (trained(run)?.seconds ?? 0) >= wanted }
    if shouldStop() { return nil }
    if FileManager.default.fileExists(atPath: run.divergence.path) { return 0 }
    guard let (steps, seconds) = trained(run), steps > 0, seconds > 0 else {
      throw Failure(
        "the speed could not be measured: training ended with code \(code)", at: log.path,
        mend: "mend what it says, and run the study again")
    }
    return Double(steps) / seconds
  }

  /// Steps after the first that are done, and their seconds; nil before there are any.
  private func trained(_ run: RunFolder) -> (steps: Int, seconds: Double)? {
    guard let text = try? String(contentsOf: run.metrics, encoding: .utf8) else { return nil }
    let lines = text.split(separator: "\n").compactMap { MetricsLine(json: ArraySlice($0.utf8)) }
    guard let first = lines.first, let last = lines.last, last.step > first.step else { return nil }
    return (last.step - first.step, last.seconds - first.seconds)
  }
}
