import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Platform
import VisionTransformer

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score several encoders on the same images, and say which differences could be chance.",
    discussion: """
      Example: vitrail compare runs/a runs/b --train labelled/train --test labelled/test
      Each encoder sees images prepared as it was trained; its speed is measured without the cache of features.
      """)

  @Argument(help: "Run folders or weights files, two or more.")
  var weights: [String]
  @OptionGroup var encoder: EncoderArguments
  @OptionGroup var sets: LabelledSets
  @OptionGroup var choices: EvaluatorChoices
  @OptionGroup var output: JSONOutput
  @Option(help: "Also write it as Markdown to this file; - for standard output. Default: none is written.")
  var markdown: String?
  @OptionGroup var features: FeatureArguments

  func validate() throws {
    guard weights.count > 1 else { throw ValidationError("name two run folders or weights files at least") }
    guard Set(weights).count == weights.count else { throw ValidationError("a model is named twice") }
    guard sets.train != nil, (sets.test != nil) != (sets.holdOut != nil) else {
      throw ValidationError("give --train PATH and either --test PATH or --hold-out SHARE")
    }
    if output.json && markdown == "-" {
      throw ValidationError("standard output takes one of --json and --markdown")
    }
  }

  func run() throws {
    for file in [output.jsonFile, markdown].compactMap(\.self) where file != "-" {
      try OutputCheck.file(file)
    }
    var chosen = try choices.chosen()
    let arguments = try weights.map { try WeightsArgument($0, encoder) }
    let line = ProgressLine()
    var models: [Comparison.Model] = []
    var failures = EvaluatorFailures()
    var summary: (train: EvaluationReport.SetSummary, test: EvaluationReport.SetSummary)?
    for (name, argument) in zip(weights, arguments) {
      line.say("\(name)  input: \(argument.model.preprocessing.summary)")
      argument.tellOrigin(line.say)
      let sources = try sets.open(layout: argument.layout, maximumBad: features.maxBad)
      if models.isEmpty {
        line.say(passedOverIn: sources.all)
        chosen = try chosen.checked(sources.labels(), note: line.say)
      }
      guard let test = sources.test else { preconditionFailure("validate() wants it") }
      let outcome = try ModelEvaluation(
        argument.model, choices: chosen, includesBaselines: false, settings: features.settings
      ).run(sources, progress: line.show, note: line.say)
      failures.add(outcome.failures)
      models.append(
        Comparison.Model(
          name: name, parameters: try argument.model.parameterCount(),
          imagesPerSecond: try argument.model.imagesPerSecond(over: test, settings: features.settings) {
            line.show("speed", $1, rate: $2)
          }, scores: outcome.scores))
      summary = outcome.test.map { (outcome.train, $0) }
    }
    line.finish()
    guard let summary else { preconditionFailure("two models were measured") }
    // Only what all models were measured by can be compared.
    let compared = models.map { $0.without(failures.evaluators) }
    let comparison = Comparison(train: summary.train, test: summary.test, models: compared)
    try output.tell(markdown == "-" ? comparison.markdown : comparison.text, comparison)
    if let markdown, markdown != "-" {
      try AtomicFile.write(Data(comparison.markdown.utf8), to: URL(fileURLWithPath: markdown))
    }
    try failures.end(line.say)
  }
}
