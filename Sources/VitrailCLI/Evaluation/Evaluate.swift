import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Platform
import Pretraining
import Records
import Tensors
import VisionTransformer

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score a frozen encoder on labelled images, beside chance, raw pixels and random weights.",
    discussion: """
      Example: vitrail evaluate --weights runs/photos --train labelled/train --test labelled/test
      One set, split: vitrail evaluate --weights runs/photos --train labelled/ --hold-out 0.2
      Stored features: vitrail evaluate --train-features features/train --test-features features/test
      """)

  @Option(help: "Run folder or weights file; default: none, with --train-features.")
  var weights: String?
  @OptionGroup var encoder: EncoderArguments
  @OptionGroup var sets: LabelledSets
  @Option(help: "Instead of weights and images: a folder that vitrail embed wrote. Default: none.")
  var trainFeatures: String?
  @Option(help: "The same for the test set; default: none.")
  var testFeatures: String?
  @OptionGroup var choices: EvaluatorChoices
  @OptionGroup var output: JSONOutput
  @Option(
    help: "Folder for tables and pictures; default: evaluation/ in the run folder, if --weights is one.")
  var out: String?
  @Option(
    help:
      "Score at these sizes of the input's shorter side instead, separated by commas; positions are interpolated. Default: the size of the weights.",
    transform: numbers(in: 1...1 << 16))
  var sweepResize: [Int]?
  @OptionGroup var features: FeatureArguments
  @Flag(help: "Leave out raw pixels and random weights, which take two thirds of the time.")
  var noBaselines = false

  func validate() throws {
    guard (weights == nil) != (trainFeatures == nil) else {
      throw ValidationError("give either --weights and --train, or --train-features")
    }
    if weights != nil && sets.train == nil { throw ValidationError("give --train PATH") }
    if weights == nil && sets.train != nil { throw ValidationError("give --weights RUN for --train") }
    if sweepResize != nil && weights == nil { throw ValidationError("give --weights RUN for --sweep-resize") }
    if testFeatures != nil && trainFeatures == nil {
      throw ValidationError("give --train-features beside --test-features")
    }
  }

  func run() throws {
    if let file = output.jsonFile { try OutputCheck.file(file) }
    if let out { try OutputCheck.folder(out) }
    let chosen = try choices.chosen()
    let line = ProgressLine()
    guard let weights else { return try evaluateStored(chosen, line) }
    let argument = try WeightsArgument(weights, encoder)
    argument.tellOrigin(line.say)
    if let folder = argument.folder { try OutputCheck.file(folder.evaluation.path) }
    if let sweepResize { return try sweep(sweepResize, argument, chosen, line) }
    let sources = try sets.open(layout: argument.layout, maximumBad: features.maxBad)
    line.say("input: \(argument.model.preprocessing.summary)")
    line.say(passedOverIn: sources.all)
    let evaluation = try ModelEvaluation(
      argument.model, choices: try chosen.checked(sources.labels(), note: line.say),
      includesBaselines: !noBaselines, settings: features.settings)
    let scored = try evaluation.run(sources, progress: line.show, note: line.say)
    line.finish()
    var report = scored.report(weights: weights)
    try tell(&report, to: out, run: argument.folder, images: scored.images)
    try scored.failures.end(line.say)
  }

  private func evaluateStored(_ chosen: [EvaluatorChoice], _ line: ProgressLine) throws {
    guard let trainFeatures else { preconditionFailure("validate() wants it") }
    let stored = try StoredEvaluation(
      train: URL(fileURLWithPath: trainFeatures), test: testFeatures.map { URL(fileURLWithPath: $0) })
    let usable = try chosen.checked(stored.labels, note: line.say)
    let outcome = try stored.run(usable, place: trainFeatures) { line.show($0, $1) }
    line.finish()
    if var report = outcome.report { try tell(&report, to: out, run: nil, images: nil) }
    try outcome.failures.end(line.say)
  }

  private func sweep(
    _ sizes: [Int], _ argument: WeightsArgument, _ chosen: [EvaluatorChoice], _ line: ProgressLine
  ) throws {
    let sources = try sets.open(layout: argument.layout, maximumBad: features.maxBad)
    line.say(passedOverIn: sources.all)
    let usable = try chosen.checked(sources.labels(), note: line.say)
    var failures = EvaluatorFailures()
    let sweep = try ResizeSweep(sizes, argument.model) { (preprocessing) throws(Failure) in
      line.say("input: \(preprocessing.summary)")
      let scored = try ModelEvaluation(
        argument.model, choices: usable, includesBaselines: false, settings: features.settings,
        preprocessing: preprocessing
      ).run(sources, progress: line.show, note: line.say)
      failures.add(scored.failures)
      return scored.scores
    }
    line.finish()
    let compared = sweep.without(failures.evaluators)
    try output.tell(compared.table, compared)
    try failures.end(line.say)
  }

  /// Prints scores and what they come to in words; writes tables and pictures, and the record of a run.
  private func tell(
    _ report: inout EvaluationReport, to out: String?, run: RunFolder?, images: EvaluationFiles.Images?
  ) throws {
    try output.tell(try report.tableAndVerdict(), json: report.json())
    if let folder = out.map({ URL(fileURLWithPath: $0) }) ?? run?.evaluationFiles {
      let files = try EvaluationFiles(folder: folder, images: images).write(report.scores)
      if output.isText, files.count > 0 { print("\(files.count) tables and pictures in \(folder.path)") }
      if out == nil { report.pictures = files.pictures }
    }
    if let run {
      let record = try EvaluationRecord.text(adding: report, to: try? Data(contentsOf: run.evaluation))
      try AtomicFile.write(Data(record.utf8), to: run.evaluation)
    }
  }
}
