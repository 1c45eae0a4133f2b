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
      """)

  @Option(
    help:
      "The encoder to start from: a run folder or a weights file. A classifier.safetensors gives its head too. Default: none, with --resume."
  )
  var weights: String?
  @OptionGroup var sets: LabelledSets
  @Option(help: "Run folder to write.")
  var out: String
  @Flag(help: "Go on with the run in --out, to the same bits as if it had never stopped.")
  var resume = false
  @Option(
    help:
      "Recipe: a file, or a name from 'vitrail list recipes'; default: finetune-28 or finetune-224, by size.")
  var recipe: String?
  @Option(name: .customLong("set"), help: "Override a key of the recipe: key.path=value. May be repeated.")
  var overrides: [String] = []
  @Option(help: "Passes over the images; default: the recipe's.")
  var epochs: Double?
  @Option(help: "Steps, instead of passes; default: the recipe's.", transform: number(in: 1...Int.max))
  var steps: Int?
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
    guard epochs == nil || steps == nil else { throw ValidationError("give either --epochs or --steps") }
    if resume {
      let isAlone =
        weights == nil && sets.train == nil && sets.limit == nil && sets.bands.names == nil && recipe == nil
        && overrides.isEmpty && epochs == nil && steps == nil && lanes == nil && maxBad == nil && cache == nil
        && decoding.settings.isEmpty
      guard isAlone else {
        throw ValidationError("a resumed run takes its recipe from its folder: give --resume and --out alone")
      }
    } else if weights == nil || sets.train == nil {
      throw ValidationError("give --weights RUN and --train PATH")
    }
  }

  func run() throws {
    let folder = RunFolder(URL(fileURLWithPath: out))
    let recipe = try resume ? resumedRecipe(folder) : freshRecipe(folder)
    let source = try recipe.data.openSource()
    let test = try recipe.data.openTest()
    let line = ProgressLine()
    let run = try PretrainingRun(recipe: recipe, source: source, folder: folder) {
      line.show("mean and standard deviation", done: $0, of: $1)
    }
    let scoring = try test.map { try ClassifierScoring(of: run, train: source, test: $0, line: line) }
    let lock = try FolderLock(folder.url)
    defer { withExtendedLifetime(lock) {} }
    let session = RunSession(run: run, source: source, line: line, command: "finetune")
    guard try session.train(resuming: resume, onCheckpoint: { scoring?.glance(step: $0) }) else { return }
    if let scoring {
      let report = try scoring.write()
      print(report.table)
    }
    let report = try RunReport.write(runFolder: folder.url)
    print("classifier: \(folder.classifier.path)")
    print("report:     \(report.path)")
    print("next:       vitrail predict --weights \(shellWord(folder.url.relativePath)) --data IMAGES")
  }

  private func freshRecipe(_ folder: RunFolder) throws -> Recipe {
    guard let weights, let train = sets.train else { preconditionFailure("validate() wants them") }
    if FileManager.default.fileExists(atPath: folder.recipe.path) {
      throw Failure(
        "the folder holds a run already", at: folder.url.path,
        mend: "go on with it by --resume, or choose another --out")
    }
    let argument = try WeightsArgument(weights)
    var settings = overrides
    settings += ["data.mix=null", "data.path=\(quoted(absolute(train)))"]
    if let test = sets.test { settings.append("data.test=\(quoted(absolute(test)))") }
    if let holdOut = sets.holdOut {
      settings += ["data.holdOut=\(holdOut)", "data.splitSeed=\(sets.splitSeed)"]
    }
    if let limit = sets.limit { settings.append("data.limit=\(limit)") }
    if let epochs { settings += ["train.steps=null", "train.epochs=\(epochs)"] }
    if let steps { settings += ["train.epochs=null", "train.steps=\(steps)"] }
    if let lanes { settings.append("train.lanes=\(lanes)") }
    if let maxBad { settings.append("data.maxBad=\(maxBad)") }
    if let cache { settings.append("data.cache=\(quoted(cache))") }
    settings += decoding.settings
    return try Recipe.fineTuning(
      argument.model, bands: sets.bands.names ?? argument.bands, recipe: recipe, folders: RecipeFolders.all,
      overrides: settings)
  }

  private func resumedRecipe(_ folder: RunFolder) throws -> Recipe {
    guard FileManager.default.fileExists(atPath: folder.recipe.path) else {
      throw Failure(
        "no run to resume", at: folder.url.path, mend: "check --out, or start the run without --resume")
    }
    let recipe = try RecipeFile.load(folder.recipe.path, folders: [])
    guard recipe.objective.name == Classification.name else {
      throw Failure(
        "a run of the objective '\(recipe.objective.name)'", at: folder.url.path,
        mend: "go on with it by: vitrail pretrain --resume")
    }
    return recipe
  }
}
