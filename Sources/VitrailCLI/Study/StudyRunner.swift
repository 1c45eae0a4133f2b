import Evaluation
import Foundation
import Platform
import Pretraining
import Records
import Reports
import Synchronization
import Tensors

/// Takes the runs of a study to their ends, several at a time, and keeps its tables up to date.
final class StudyRunner: Sendable {
  /// How a call of `run` ended.
  struct Ending {
    let results: StudyResults
    let wasStopped: Bool
    /// Why the first run that failed did so; the others went on.
    let failure: Failure?
  }

  private struct State {
    var waiting: ArraySlice<Int>
    var results: [StudyRunResult?]
    var failures: [Failure] = []
    var wasStopped = false
  }

  private let study: StudyFile
  private let plan: StudyPlan
  private let budget: StudyBudget
  private let folder: URL
  private let jobs, lanes: Int
  private let state: Mutex<State>
  // Held while the tables are written: jobs share their temporary names.
  private let writing = Mutex(())

  /// Prepares the runs of `plan`; those that have ended before are not run again.
  ///
  /// - Throws: `Failure` when the study cannot be run as it stands, or its folder holds another one.
  init(
    _ study: StudyFile, plan: StudyPlan, folder: URL, jobs: Int, lanes: Int?, at place: String
  ) throws(Failure) {
    guard let budget = study.budget else { preconditionFailure("a study that was loaded has a budget") }
    guard plan.runs.allSatisfy({ $0.recipe.data.path != nil || $0.recipe.data.mix != nil }) else {
      throw Failure("no images to train on", at: "\(place): data.train", mend: "give --data PATH")
    }
    for name in study.evaluate.evaluators { _ = try Evaluators.all.named(name, at: "--evaluators") }
    self.study = study
    self.plan = plan
    self.budget = budget
    self.folder = folder
    self.jobs = jobs
    self.lanes = lanes ?? max(1, MachineCapacity.coreCount / jobs)
    state = Mutex(State(waiting: [], results: Array(repeating: nil, count: plan.runs.count)))
    for index in plan.runs.indices {
      let earlier = try job(index, shouldStop: { false }).earlierResult()
      state.withLock { state in
        state.results[index] = earlier
        if earlier == nil { state.waiting.append(index) }
      }
    }
  }

  /// Runs until all is done or `shouldStop`.
  ///
  /// - Throws: `Failure` when the tables cannot be written.
  func run(shouldStop: @escaping @Sendable () -> Bool) throws(Failure) -> Ending {
    try writeTables()
    let done = DispatchSemaphore(value: 0)
    for number in 0..<jobs {
      let thread = Thread { [self] in
        bindToCores(of: number)
        work(shouldStop)
        done.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in 0..<jobs { done.wait() }
    try writeTables()
    return state.withLock { state in
      Ending(
        results: Self.results(study, plan, budget, state.results), wasStopped: state.wasStopped,
        failure: state.failures.first)
    }
  }

  private func writeTables() throws(Failure) {
    try writing.withLock { _ throws(Failure) in
      let results = state.withLock { Self.results(study, plan, budget, $0.results) }
      try results.write(to: folder)
    }
  }

  private static func results(
    _ study: StudyFile, _ plan: StudyPlan, _ budget: StudyBudget, _ found: [StudyRunResult?]
  ) -> StudyResults {
    let tables = plan.tables.map { table in
      StudyResults.Table(
        name: table.name,
        rows: table.rows.map { row in
          StudyResults.Row(
            name: row.name,
            runs: row.runs.map { index in
              let run = plan.runs[index]
              return .init(seed: run.recipe.train.seed, folder: run.folder, result: found[index])
            })
        })
    }
    return StudyResults(name: study.name, budget: budget.text, tables: tables)
  }

  /// Jobs side by side have cores of their own where there are enough: a process hands out those that it may use from
  /// the first on, and two of them would meet there.
  private func bindToCores(of job: Int) {
    let cores = CoreAffinity.allowedCores
    guard jobs > 1, cores.count >= jobs * lanes else { return }
    CoreAffinity.bind(to: Array(cores[job * lanes..<(job + 1) * lanes]))
  }

  private func work(_ shouldStop: @escaping @Sendable () -> Bool) {
    while !shouldStop(), let index = state.withLock({ $0.waiting.popFirst() }) {
      let start = Clock.seconds
      say(index, "starts")
      do throws(Failure) {
        switch try job(index, shouldStop: shouldStop).complete() {
        case .done(let result):
          state.withLock { $0.results[index] = result }
          say(index, "\(result.stability.text) after \(duration(Clock.seconds - start))")
          try writeTables()
        case .stopped:
          say(index, "stopped")
        }
      } catch {
        state.withLock { $0.failures.append(error) }
        say(index, "failed: \(error)")
      }
    }
    if shouldStop() { state.withLock { $0.wasStopped = true } }
  }

  private func job(_ index: Int, shouldStop: @escaping () -> Bool) -> StudyJob {
    StudyJob(
      run: plan.runs[index], folder: folder, budget: budget, evaluation: study.evaluate, data: study.data,
      lanes: lanes, shouldStop: shouldStop)
  }

  private func say(_ index: Int, _ text: String) {
    let ended = state.withLock { $0.results.count { $0 != nil } }
    StandardError.write("[\(ended)/\(plan.runs.count)] \(plan.runs[index].folder) \(text)\n")
  }
}
