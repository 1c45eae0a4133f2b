import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Imaging
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
      """)

  @Option(help: "Run folder or weights file.")
  var weights: String
  @Option(
    help: """
      Labelled images to learn from: a folder with a sub-folder a class, tar shards, a .csv list, or an IDX or CIFAR \
      folder.
      """)
  var train: String
  @Option(help: "Labelled images to be measured on.")
  var test: String?
  @Option(
    help: "Instead of --test: the share of each class of --train to be measured on.",
    transform: number(in: 0.0.nextUp...1.0.nextDown))
  var holdOut: Double?
  @Option(help: "The seed that chooses what is held out; as data.splitSeed of a recipe.")
  var splitSeed: UInt64 = 0
  @Option(
    help: "Only that many images of each set, drawn at random, each class by its share.",
    transform: number(in: 1...Int.max))
  var limit: Int?
  @OptionGroup var bands: BandsArgument
  @Option(help: "Evaluators, separated by commas.")
  var evaluators = Evaluators.all.map { $0.name }.joined(separator: ",")
  @Option(help: "Also write the scores as JSON to this file; - for standard output.")
  var json: String?
  @Option(help: "Lanes; default: one a core.", transform: number(in: laneRange))
  var lanes: Int?
  @Option(help: "Share of files that may be undecodable.", transform: number(in: 0.0...1))
  var maxBad = BadImages.defaultMaximumShare
  @OptionGroup var decoding: DecodingArguments
  @Flag(help: "Leave out raw pixels and random weights, which take two thirds of the time.")
  var noBaselines = false

  func validate() throws {
    guard (test == nil) != (holdOut == nil) else {
      throw ValidationError("give either --test PATH or --hold-out SHARE")
    }
  }

  func run() throws {
    let chosen = try evaluators.split(separator: ",").map {
      try Evaluators.named($0.trimmingCharacters(in: .whitespaces))
    }
    guard !chosen.isEmpty else { throw ValidationError("--evaluators names no evaluator") }
    let argument = try WeightsArgument(weights)
    let extraction = try extraction(argument.model)
    let line = ProgressLine()
    let sources = try openSources(bands: bands.names ?? argument.bands)
    let trainSets = try pass(extraction, sources.train, .train, line)
    let testSets = try pass(extraction, sources.test, .test, line)
    let scores = try chosen.map { evaluator in
      try measure(evaluator, trainSets, testSets, line)
    }
    line.finish()
    let report = EvaluationReport(
      weights: weights, train: try summary(trainSets), test: try summary(testSets), scores: scores)
    let text = try report.json()
    if json != "-" { print(report.table) }
    if let json {
      if json == "-" {
        print(text, terminator: "")
      } else {
        try AtomicFile.write(Data(text.utf8), to: URL(fileURLWithPath: json))
      }
    }
    if let folder = argument.folder { try AtomicFile.write(Data(text.utf8), to: folder.evaluation) }
  }

  private func extraction(_ file: ModelFile) throws(Failure) -> FeatureExtraction {
    var encoders = [("model", try file.makeModel())]
    if !noBaselines {
      let untrained = try VisionTransformer(file.configuration, parameters: ParameterStore(seed: 0))
      encoders.append(("randomInit", untrained))
    }
    return FeatureExtraction(
      encoders: encoders, preprocessing: file.preprocessing, includesPixels: !noBaselines,
      team: LaneTeam(count: lanes ?? LaneTeam.coreCount), maximumBad: maxBad,
      decoding: decoding.options)
  }

  private func openSources(
    bands: [String]
  ) throws(Failure) -> (train: any ImageSource, test: any ImageSource) {
    func open(_ path: String, _ split: DatasetSplit) throws(Failure) -> any ImageSource {
      try ImageSources.open(path, options: SourceOptions(split: split, bands: bands))
    }
    let sources: (train: any ImageSource, test: any ImageSource)
    let trainSource = try open(train, .train)
    if let test {
      sources = (trainSource, try open(test, .test))
    } else if let holdOut {
      let split = try SubsetImages.split(trainSource, holdingOut: holdOut, seed: splitSeed)
      sources = (split.kept, split.heldOut)
    } else {
      preconditionFailure("validate() wants one of them")
    }
    return (
      SubsetImages.limited(to: limit, of: sources.train), SubsetImages.limited(to: limit, of: sources.test)
    )
  }

  private func pass(
    _ extraction: FeatureExtraction, _ source: any ImageSource, _ split: DatasetSplit, _ line: ProgressLine
  ) throws(Failure) -> FeatureExtraction.Sets {
    let sets = try extraction.run(source) { fraction, rate in
      line.show("features of \(source.count) \(split.rawValue) images", fraction, rate: rate)
    }
    if let first = sets.skipped.first {
      FileHandle.standardError.write(
        Data(
          "skipped \(sets.skipped.count) bad images in \(source.path), such as \(first.path): \(first.reason)\n"
            .utf8
        ))
    }
    return sets
  }

  private func measure<E: Evaluator>(
    _ evaluator: E.Type, _ train: FeatureExtraction.Sets, _ test: FeatureExtraction.Sets, _ line: ProgressLine
  ) throws(Failure) -> Scores {
    func pair(_ name: String) throws(Failure) -> Scores.Sets {
      guard let trainFeatures = train.features[name], let testFeatures = test.features[name] else {
        preconditionFailure("features of \(name) were extracted for both sets")
      }
      return (trainFeatures, testFeatures)
    }
    var baselines: [String: Scores.Sets] = [:]
    if !noBaselines {
      baselines["pixels"] = try pair(FeatureExtraction.pixelsName)
      baselines["randomInit"] = try pair("randomInit")
    }
    return try Scores.measure(evaluator, pair("model"), baselines: baselines) { stage, fraction in
      line.show(stage, fraction)
    }
  }

  private func summary(_ sets: FeatureExtraction.Sets) throws(Failure) -> EvaluationReport.SetSummary {
    guard let features = sets.features["model"] else {
      preconditionFailure("features of the model were extracted")
    }
    return EvaluationReport.SetSummary(images: features.count, classes: features.classNames.count)
  }
}
