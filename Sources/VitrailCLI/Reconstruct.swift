import ArgumentParser
import Datasets
import Foundation
import Imaging
import Platform
import Pretraining

struct Reconstruct: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw original, masked and reconstructed images side by side.",
    discussion: "Example: vitrail reconstruct --weights runs/photos --data photos/ --out grid.png")

  @Option(help: "Run folder or checkpoint of a masked objective.")
  var weights: String
  @OptionGroup var encoder: EncoderArguments
  @Option(
    help:
      "Images: a folder, tar shards, a .txt, .csv or .tsv list, a .npy array, or a folder of an IDX or CIFAR set."
  )
  var data: String
  @Option(help: "The picture to write.")
  var out: String
  @Option(help: "Number of images. Default: 12.", transform: number(in: 1...10_000))
  var count = 12
  @Option(help: "Seed of the masks.")
  var seed: UInt64 = 0
  @Option(help: "Part of a set that comes in parts: train or test.")
  var split: DatasetSplit = .test
  @OptionGroup var layout: FileLayoutArguments
  @OptionGroup var output: JSONOutput

  private struct Summary: Encodable {
    let out: String
    let images: Int
  }

  func run() throws {
    try OutputCheck.file(out)
    let trained = try TrainedObjective(
      checkpoint: WeightsArgument.checkpoint(weights), facts: encoder.facts)
    guard let objective = trained.objective.plan.reconstruction else {
      throw Failure(
        "the objective '\(trained.recipe.objective.name)' reconstructs nothing", at: weights,
        mend: "give a run of a masked objective, such as mae or simMIM")
    }
    let source = try ImageSources.open(
      data, options: SourceOptions(split: split, layout: layout.over(trained.recipe.data.layout)))
    ProgressLine().say(passedOverIn: source)
    let images = ReconstructionPictures.images(
      source, trained.preprocessing, trained.recipe.data.loading, count: count)
    let reconstructions = Reconstruction.make(
      images, objective: objective, grid: trained.encoder.configuration.grid,
      preprocessing: trained.preprocessing,
      seed: seed)
    guard let picture = ReconstructionPictures.grid(reconstructions) else {
      throw Failure(
        "no image could be read and has the model's channels", at: data,
        mend: "check the files with: vitrail dataset describe")
    }
    OutputMarks.note(URL(fileURLWithPath: out))
    try picture.writePNG(to: URL(fileURLWithPath: out))
    try output.tell(
      "\(reconstructions.count) images in \(out)", Summary(out: out, images: reconstructions.count))
  }
}
