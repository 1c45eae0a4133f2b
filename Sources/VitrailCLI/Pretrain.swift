import ArgumentParser
import Datasets
import Foundation
import Platform
import Pretraining
import Reports
import VisionTransformer

struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pretrain a Vision Transformer on a folder of images.",
    discussion: """
      Example: vitrail pretrain --data photos/ --out runs/photos
      Several sets: vitrail pretrain --data photos/ --data drawings/ --mix 2,1
      Writes a run folder: recipe, log, checkpoints, encoder and report. Stop it at any moment; --resume goes on.
      \(ExitStatus.summary)
      """)

  @Option(
    help: """
      Images: a folder, tar shards, a .txt, .csv or .tsv list, a .npy array, or a folder of an IDX or CIFAR set. May be repeated: the sets are mixed, every image as often \
      as any other.
      """)
  var data: [String] = []
  @Option(
    help:
      "How often each --data is drawn from, in their order, separated by commas: --mix 2,1. Default: every image as often as any other.",
    transform: numbers(in: 1e-9...1e9))
  var mix: [Double]?
  @Option(
    help: "Only that many images, drawn at random, each class by its share; default: all.",
    transform: number(in: 1...Int.max))
  var limit: Int?
  @Option(
    help: "Recipe: a file, or a name from 'vitrail list recipes'. Default: the keys of vitrail list keys.")
  var recipe: String?
  @Option(help: "Run folder; default: runs/<time>-<objective>.")
  var out: String?
  @OptionGroup var resuming: ResumeArguments
  @Option(name: .customLong("set"), help: "Override a key of the recipe: key.path=value. May be repeated.")
  var overrides: [String] = []
  @Option(
    help: """
      Start from the weights of this run or file: its encoder and, from a checkpoint of the same objective, decoder or \
      heads. A run folder stands for its newest checkpoint. Default: initial weights by the seed.
      """)
  var fromWeights: String?
  @OptionGroup var encoder: EncoderArguments
  @OptionGroup var length: RunLength
  @OptionGroup var output: RunOutput
  @Option(help: "Lanes; default: one a core.", transform: number(in: laneRange))
  var lanes: Int?
  @Option(help: "Part of a set that comes in parts: train or test. Default: the recipe's, train.")
  var split: DatasetSplit?
  @OptionGroup var layout: FileLayoutArguments
  @Option(help: "Share of files that may be undecodable before the run stops; default: the recipe's, 0.05.")
  var maxBad: Double?
  @Option(
    help:
      "Keep images decoded and resized after their first use: none, ram, or a folder for later runs too. Default: the recipe's, none."
  )
  var cache: String?
  @OptionGroup var decoding: DecodingArguments
  @Option(
    help: .init("Stop as at a signal when this process is no longer the parent.", visibility: .hidden))
  var parent: Int32?

  func validate() throws {
    for setting in overrides where !setting.contains("=") {
      throw ValidationError("--set '\(setting)' sets nothing: write key=value")
    }
    if resuming.resume && out == nil { throw ValidationError("--resume wants the run folder: --out DIR") }
    guard !output.dryRun || !resuming.resume else {
      throw ValidationError("--dry-run is for new runs: leave out --resume")
    }
    if let mix, mix.count != data.count {
      throw ValidationError("\(mix.count) numbers in --mix for \(data.count) times --data")
    }
  }

  func run() throws {
    let folder = RunFolder(URL(fileURLWithPath: out ?? defaultFolder()))
    let goesOn = try resuming.goesOn(in: folder, canStart: !data.isEmpty || recipe != nil)
    let recipe = try goesOn ? resumedRecipe(folder) : freshRecipe()
    guard recipe.data.path != nil || recipe.data.mix != nil else {
      throw ValidationError("no images: give --data PATH")
    }
    if !output.dryRun { try OutputCheck.folder(folder.url.path) }
    let source = try recipe.data.openSource(isResumed: goesOn)
    let line = ProgressLine()
    let preparation = RunPreparation(
      recipe: recipe, source: source, folder: folder, line: line,
      shouldStop: { parent.map { $0 != getppid() } ?? false })
    if output.dryRun { return try output.rehearse(preparation) }
    guard let trainer = try preparation.trainer() else { return }
    // One whose study was killed may still be at its last step.
    let lock = try FolderLock(folder.url, waits: parent != nil)
    defer { withExtendedLifetime(lock) {} }
    let pictures = ReconstructionPictures(of: trainer.plan, in: folder, source: source)
    let session = RunSession(
      trainer: trainer, source: source, line: line, command: "pretrain", output: output.json)
    try session.train(
      resuming: goesOn, acceptingChangedData: resuming.acceptChangedData,
      shouldStop: { parent.map { $0 != getppid() } ?? false },
      onCheckpoint: { step in pictures?.write(step: step) },
      conclude: {
        let report = try RunReport.write(runFolder: folder.url)
        return RunConclusion(
          weights: folder.model.path, report: report.path,
          text: """
            encoder: \(folder.model.path)
            report:  \(report.path)
            next:    vitrail evaluate --weights \(folder.url.relativePath.shellWord) --train PATH --test PATH
            """)
      })
  }

  private func freshRecipe() throws -> Recipe {
    var settings = settings(choosing: dataSettings)
    if let fromWeights {
      let url = try WeightsArgument.startingPoint(fromWeights)
      settings = try ofEncoder(url) + settings
      settings.append("train.initialWeights=\(quoted(absolute(url.path)))")
    }
    return try RecipeFile.load(recipe, folders: RecipeFolders.all, overrides: settings)
  }

  /// What weights of another library say of the model, and how its images are prepared; nothing of Vitrail's own weights,
  /// which fit the recipe that they were made with.
  private func ofEncoder(_ url: URL) throws(Failure) -> [String] {
    let file = try ModelFile(contentsOf: url, facts: encoder.facts)
    guard file.origin != nil else { return [] }
    let (model, preprocessing) = (file.configuration, file.preprocessing)
    return [
      "model=\(JSONValue.encoding(model).text)", "data.mean=\(JSONValue.encoding(preprocessing.mean).text)",
      "data.standardDeviation=\(JSONValue.encoding(preprocessing.standardDeviation).text)",
    ]
  }

  /// What the command line says, as settings of a recipe; all but the weights to start from.
  private func settings(choosing sets: [String]) -> [String] {
    var settings = overrides + sets
    if let limit { settings.append("data.limit=\(limit)") }
    if let split { settings.append("data.split=\(split.rawValue)") }
    settings += layout.settings
    settings += length.settings
    if let lanes { settings.append("train.lanes=\(lanes)") }
    if let maxBad { settings.append("data.maxBad=\(maxBad)") }
    if let cache { settings.append("data.cache=\(quoted(cache))") }
    return settings + decoding.settings
  }

  private func resumedRecipe(_ folder: RunFolder) throws -> Recipe {
    // Without --mix, --data says where the sets are now, and how often they are drawn from stays as it was.
    let asked = settings(choosing: mix == nil ? [] : dataSettings)
    var recipe = try resuming.recipe(of: folder, asked: self.recipe, asked, from: fromWeights)
    guard !data.isEmpty else { return recipe }
    let sets = recipe.data.mix?.count ?? 1
    guard data.count == sets else {
      throw ValidationError("\(data.count) times --data for a run on \(sets) sets: say where each is now")
    }
    if recipe.data.mix == nil { recipe.data.path = absolute(data[0]) }
    for (number, path) in data.enumerated() { recipe.data.mix?[number].path = absolute(path) }
    return recipe
  }

  /// `--data` and `--mix` as settings of a recipe.
  private var dataSettings: [String] {
    switch data.count {
    case 0: return []
    case 1: return ["data.mix=null", "data.path=\(quoted(absolute(data[0])))"]
    default:
      let sets = data.enumerated().map { number, path in
        MixedSet(path: absolute(path), weight: mix?[number])
      }
      return ["data.path=null", "data.mix=\(JSONValue.encoding(sets).text)"]
    }
  }

  private func defaultFolder() -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd-HHmmss"
    return
      "runs/\(formatter.string(from: Date()))-\(recipe.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent } ?? "mae")"
  }
}
