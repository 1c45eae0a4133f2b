import ArgumentParser
import Datasets
import Foundation
import Platform
import Pretraining
import Reports

struct FineTune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune",
    abstract: "Train an encoder further on labelled images, with a head that tells their classes apart.",
    discussion: """
      Example: vitrail finetune --weights runs/photos --train labelled/train --test labelled/test --out runs/labelled
      The head alone: --set train.trainable=head; or norms, or attention.
      Writes a run folder as pretrain does, classifier.safetensors for vitrail predict, and scores on the test images. Stop it \
      at any moment; --resume goes on.
      \(ExitStatus.summary)
      """)

  @Option(
    help:
      "The encoder to start from: a run folder or a weights file. A classifier.safetensors gives its head too. Default: none, with --resume."
  )
  var weights: String?
  @OptionGroup var encoder: EncoderArguments
  @OptionGroup var sets: LabelledSets
  @Option(help: "Run folder to write.")
  var out: String
  @OptionGroup var resuming: ResumeArguments
  @Option(
    help:
      "Recipe: a file, or a name from 'vitrail list recipes'; default: finetune-28 or finetune-224, by size.")
  var recipe: String?
  @Option(name: .customLong("set"), help: "Override a key of the recipe: key.path=value. May be repeated.")
  var overrides: [String] = []
  @OptionGroup var length: RunLength
  @OptionGroup var output: RunOutput
  @Option(help: "Lanes; default: one a core.", transform: number(in: laneRange))
  var lanes: Int?
  @Option(help: "Share of files that may be undecodable before the run stops; default: the recipe's, 0.05.")
  var maxBad: Double?
  @Option(
    help:
      "Keep images decoded and resized after their first use: none, ram, or a folder for later runs too. Default: the recipe's, none."
  )
  var cache: String?
  @OptionGroup var decoding: DecodingArguments

  func validate() throws {
    for setting in overrides where !setting.contains("=") {
      throw ValidationError("--set '\(setting)' sets nothing: write key=value")
    }
    guard !output.dryRun || !resuming.resume else {
      throw ValidationError("--dry-run is for new runs: leave out --resume")
    }
    guard resuming.resume || weights != nil && sets.train != nil else {
      throw ValidationError("give --weights RUN and --train PATH")
    }
  }

  func run() throws {
    let folder = RunFolder(URL(fileURLWithPath: out))
    let goesOn = try resuming.goesOn(in: folder, canStart: weights != nil && sets.train != nil)
    let recipe = try goesOn ? resumedRecipe(folder) : freshRecipe()
    if !output.dryRun { try OutputCheck.folder(folder.url.path) }
    let source = try ClassifiedImages.labelled(recipe.data.openSource(isResumed: goesOn))
    let test = try recipe.data.openTest(isResumed: goesOn).map(ClassifiedImages.labelled)
    if recipe.data.test != nil, let test { try requireDistinct(train: source, test: test) }
    let line = ProgressLine()
    let preparation = RunPreparation(recipe: recipe, source: source, folder: folder, line: line)
    if output.dryRun { return try output.rehearse(preparation) }
    guard let trainer = try preparation.trainer() else { return }
    let scoring = try test.map {
      try ClassifierScoring(of: trainer.plan, in: folder, train: source, test: $0, line: line)
    }
    let lock = try FolderLock(folder.url)
    defer { withExtendedLifetime(lock) {} }
    let session = RunSession(
      trainer: trainer, source: source, line: line, command: "finetune", output: output.json)
    try session.train(
      resuming: goesOn, acceptingChangedData: resuming.acceptChangedData,
      onCheckpoint: { scoring?.glance(step: $0) },
      conclude: {
        let scores = try scoring?.write()
        let report = try RunReport.write(runFolder: folder.url)
        let table = try scores.map { try $0.tableAndVerdict() + "\n" } ?? ""
        return RunConclusion(
          weights: folder.classifier.path, report: report.path, scores: scores.map(JSONValue.encoding),
          text: """
            \(table)classifier: \(folder.classifier.path)
            report:     \(report.path)
            next:       vitrail predict --weights \(folder.url.relativePath.shellWord) --data IMAGES
            """)
      })
  }

  private func freshRecipe() throws -> Recipe {
    guard let weights else { preconditionFailure("validate() wants them") }
    let argument = try WeightsArgument(weights, encoder)
    return try Recipe.fineTuning(
      argument.model, layout: sets.layout.over(argument.layout), recipe: recipe, folders: RecipeFolders.all,
      overrides: settings)
  }

  /// What the command line says, as settings of a recipe; all but the weights to start from.
  private var settings: [String] {
    var settings = overrides
    if let train = sets.train { settings += ["data.mix=null", "data.path=\(quoted(absolute(train)))"] }
    if let test = sets.test { settings.append("data.test=\(quoted(absolute(test)))") }
    if let holdOut = sets.holdOut {
      settings += ["data.holdOut=\(holdOut)", "data.splitSeed=\(sets.splitSeed)"]
    }
    if let limit = sets.limit { settings.append("data.limit=\(limit)") }
    settings += length.settings
    if let lanes { settings.append("train.lanes=\(lanes)") }
    if let maxBad { settings.append("data.maxBad=\(maxBad)") }
    if let cache { settings.append("data.cache=\(quoted(cache))") }
    return settings + decoding.settings
  }

  private func resumedRecipe(_ folder: RunFolder) throws -> Recipe {
    var recipe = try resuming.recipe(of: folder, asked: self.recipe, settings, from: weights)
    guard recipe.objective.name == Classification.name else {
      throw Failure(
        "a run of the objective '\(recipe.objective.name)'", at: folder.url.path,
        mend: "go on with it by: vitrail pretrain --resume")
    }
    if let train = sets.train { recipe.data.path = absolute(train) }
    if let test = sets.test { recipe.data.test = absolute(test) }
    return recipe
  }
}
