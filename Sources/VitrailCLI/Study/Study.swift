import ArgumentParser
import Evaluation
import Foundation
import Platform
import Pretraining
import Records
import Reports
import Tensors

struct Study: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare variants of a recipe at equal budget and several seeds.",
    discussion: """
      Example: vitrail study norms --data /usr/share/datasets/fashion-mnist --out runs/norms
      Writes results.csv, table.md and table.html. Stop it at any moment: the same command goes on where it was. A run \
      that diverges is a result.
      """)

  @Argument(help: "Study: a file, or a name from 'vitrail list studies'.")
  var study: String
  @Option(help: "Folder of the study; default: runs/study-<name>.")
  var out: String?
  @Option(help: "Runs at a time, each a process of its own. Default: 1.", transform: number(in: 1...1024))
  var jobs = 1
  @Option(
    help: "Lanes of each run; default: the cores divided by the jobs.", transform: number(in: laneRange))
  var lanes: Int?
  @Option(
    help: "Steps of each run, instead of the study's budget; default: the budget.",
    transform: number(in: 1...1 << 40))
  var steps: Int?
  @Option(
    help: "Minutes of training of each run, instead of the study's budget; default: the budget.",
    transform: number(in: 1e-3...1e6))
  var minutes: Double?
  @Option(help: "Images to train on, instead of the study's; default: the study's.")
  var data: String?
  @Option(help: "Labelled images that evaluators learn from; default: those of --data.")
  var train: String?
  @Option(help: "Labelled images to be measured on; default: the test part of --train.")
  var test: String?
  @OptionGroup var output: JSONOutput

  func validate() throws {
    guard steps == nil || minutes == nil else { throw ValidationError("give either --steps or --minutes") }
  }

  func run() throws {
    if let out { try OutputCheck.folder(out) }
    let (file, source) = try StudyFile.load(self.study, folders: RecipeFolders.all)
    let study = withArguments(file)
    let plan = try StudyPlan(study, at: source, folders: RecipeFolders.all)
    let folder = URL(fileURLWithPath: out ?? "runs/study-\(study.name)")
    let lock = try FolderLock(folder)
    defer { withExtendedLifetime(lock) {} }
    let runner = try StudyRunner(
      study, plan: plan, folder: folder, jobs: min(jobs, plan.runs.count), lanes: lanes,
      at: source.place)
    StopSignals.listen(notice: "stopping after these steps; once more to stop at once")
    let ending = try runner.run(shouldStop: { StopSignals.wantsStop })
    try output.tell(ending.results.markdown, ending.results)
    if ending.wasStopped {
      say("stopped; the same command goes on")
      throw ExitStatus.interrupted.error
    } else if let failure = ending.failure {
      throw failure
    }
    say("tables: \(StudyOutput.page.url(in: folder).path)")
  }

  private func withArguments(_ study: StudyFile) -> StudyFile {
    var study = study
    if let steps { study.budget = .steps(steps) }
    if let minutes { study.budget = .seconds(minutes * 60) }
    study.data.train = data ?? study.data.train
    study.data.evaluationTrain = train ?? data ?? study.data.evaluationTrain
    study.data.evaluationTest = test ?? train ?? data ?? study.data.evaluationTest
    return study
  }

  private func say(_ text: String) { StandardError.write(text + "\n") }
}
