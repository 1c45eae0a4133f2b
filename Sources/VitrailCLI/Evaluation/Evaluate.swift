import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Platform
import Pretraining
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
    let chosen = try choices.chosen()
    let line = ProgressLine()
    guard let weights else { return try evaluateStored(chosen, line) }
    let argument = try WeightsArgument(weights)
    if let sweepResize { return try sweep(sweepResize, argument, chosen, line) }
    let evaluation = try ModelEvaluation(
      argument.model, chosen: chosen, includesBaselines: !noBaselines, features: features, line: line)
    let sources = try sets.open(bands: argument.bands)
    try requireTest(chosen, sources.test == nil, at: sources.train.path)
    line.say("input: \(argument.model.preprocessing.summary)")
    line.say(passedOverIn: sources.all)
    let scored = try evaluation.run(train: sources.train, test: sources.test)
    line.finish()
    let report = EvaluationReport(
      weights: weights, train: scored.train, test: scored.test, scores: scored.scores)
    try output.tell(report.table, json: report.json())
    if let folder = argument.folder {
      try AtomicFile.write(Data(try report.json().utf8), to: folder.evaluation)
    }
    let place =
      out.map { URL(fileURLWithPath: $0) } ?? argument.folder?.url.appendingPathComponent("evaluation")
    try write(scored.scores, to: place, images: scored.images)
  }

  private func evaluateStored(_ chosen: [EvaluatorChoices.Chosen], _ line: ProgressLine) throws {
    guard let trainFeatures else { preconditionFailure("validate() wants it") }
    let train = try FeatureFiles.read(URL(fileURLWithPath: trainFeatures))
    let test = try testFeatures.map { try FeatureFiles.read(URL(fileURLWithPath: $0)) }
    try requireTest(chosen, test == nil, at: trainFeatures)
    if let testFeatures {
      try FeatureOrigin.requireSame(URL(fileURLWithPath: trainFeatures), URL(fileURLWithPath: testFeatures))
    }
    let scores = try chosen.map { choice in
      try choice.measure(EvaluationTask(train: train, test: test)) { line.show($0, $1) }
    }
    line.finish()
    let report = EvaluationReport(
      weights: trainFeatures, train: .init(train), test: test.map { .init($0) }, scores: scores)
    try output.tell(report.table, json: report.json())
    try write(scores, to: out.map { URL(fileURLWithPath: $0) }, images: nil)
  }

  private func sweep(
    _ sizes: [Int], _ argument: WeightsArgument, _ chosen: [EvaluatorChoices.Chosen], _ line: ProgressLine
  ) throws {
    let sources = try sets.open(bands: argument.bands)
    try requireTest(chosen, sources.test == nil, at: sources.train.path)
    line.say(passedOverIn: sources.all)
    let sweep = try ResizeSweep(sizes, argument.model) { (preprocessing) throws(Failure) in
      line.say("input: \(preprocessing.summary)")
      return try ModelEvaluation(
        argument.model, chosen: chosen, includesBaselines: false, features: features,
        preprocessing: preprocessing, line: line
      ).run(train: sources.train, test: sources.test).scores
    }
    line.finish()
    try output.tell(sweep.table, sweep)
  }

  private func requireTest(
    _ chosen: [EvaluatorChoices.Chosen], _ isMissing: Bool, at place: String
  ) throws(Failure) {
    guard isMissing, let first = chosen.first(where: { !$0.evaluator.worksOnOneSet }) else { return }
    throw Failure(
      "\(first.evaluator.name) wants a test set beside the train set", at: place,
      mend: "give --test PATH, or hold out a part with --hold-out 0.2")
  }

  private func write(
    _ scores: [Scores], to folder: URL?,
    images: (train: EvaluationFiles.RowImages, test: EvaluationFiles.RowImages?)?
  ) throws(Failure) {
    guard let folder else { return }
    let files = try EvaluationFiles(folder: folder, images: images).write(scores)
    if output.isText, !files.isEmpty { print("\(files.count) tables and pictures in \(folder.path)") }
  }
}
