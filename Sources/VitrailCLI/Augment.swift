import ArgumentParser
import Datasets
import Foundation
import Imaging
import Platform
import Pretraining
import Reports

struct Augment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw what a recipe's augmentations make of images.",
    discussion: """
      Example: vitrail augment --data photos/ --recipe quickstart --out grid.png
      An image a row: as evaluation sees it, then views: those that the recipe's objective compares, then further draws. \
      The first are what pretraining sees in its first epoch.
      """)

  @Option(
    help:
      "Images: a folder, tar shards, a .txt, .csv or .tsv list, a .npy array, or a folder of an IDX or CIFAR set."
  )
  var data: String
  @Option(help: "Recipe: a file, or a name from 'vitrail list recipes'. Default: those of vitrail list keys.")
  var recipe: String?
  @Option(name: .customLong("set"), help: "Override a key of the recipe: key.path=value. May be repeated.")
  var overrides: [String] = []
  @Option(help: "The picture to write.")
  var out: String
  @Option(help: "Number of images. Default: 8.", transform: number(in: 1...1000))
  var count = 8
  @Option(help: "Views of each. Default: 6.", transform: number(in: 1...1000))
  var views = 6
  @Option(help: "Seed of the views.")
  var seed: UInt64 = 0
  @Option(help: "Share of the training that is done. Default: 0.", transform: number(in: 0.0...1))
  var progress = 0.0
  @Option(help: "Part of an IDX set: train or test. Default: the recipe's.")
  var split: DatasetSplit?
  @OptionGroup var layout: FileLayoutArguments
  @OptionGroup var output: JSONOutput

  private struct Summary: Encodable {
    let out: String
    let images, views, skipped: Int
  }

  func validate() throws {
    for setting in overrides where !setting.contains("=") {
      throw ValidationError("--set '\(setting)' sets nothing: write key=value")
    }
  }

  func run() throws {
    try OutputCheck.file(out)
    var recipe = try RecipeFile.load(recipe, folders: RecipeFolders.all, overrides: overrides)
    if recipe.data.views == nil {
      recipe.data.views = try Objectives.all.select(recipe.objective, at: "objective")
        .demands(of: recipe.model).views
    }
    let source = try ImageSources.open(
      data,
      options: SourceOptions(split: split ?? recipe.data.split, layout: layout.over(recipe.data.layout)))
    recipe.data = try recipe.data.measuringRange(
      of: source, channels: recipe.model.channels, seed: recipe.train.seed)
    let pictures = AugmentationPictures(
      pipelines: try located("data") { () throws(Failure) in try recipe.data.pipelines(for: recipe.model) },
      preprocessing: recipe.data.preprocessing(for: recipe.model),
      decoding: recipe.data.loading.decoding(for: recipe.model.channels), views: views, seed: seed,
      progress: progress)
    ProgressLine().say(passedOverIn: source)
    try pictures.requireRoom(rows: min(count, source.count))
    let (grid, drawn, skipped) = try pictures.draw(source, count: count)
    OutputMarks.note(URL(fileURLWithPath: out))
    try grid.writePNG(to: URL(fileURLWithPath: out))
    try output.tell(
      "\(views) views of \(drawn) images in \(out)"
        + (skipped > 0 ? "\nskipped \(skipped) bad images" : ""),
      Summary(out: out, images: drawn, views: views, skipped: skipped))
  }
}
