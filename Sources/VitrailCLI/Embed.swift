import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Platform
import Records
import Tensors

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the features of images as NumPy arrays.",
    discussion: "Example: vitrail embed --weights runs/photos --data photos/ --out features/")

  @Option(help: "Run folder or weights file.")
  var weights: String
  @Option(
    help:
      "Images: a folder, tar shards, a .txt, .csv or .tsv list, a .npy array, or a folder of an IDX or CIFAR set."
  )
  var data: String
  @Option(help: "Folder for features.npy, labels.npy, paths.txt, classes.txt and origin.json.")
  var out: String
  @Option(help: "Part of a set that comes in parts: train or test.")
  var split: DatasetSplit = .train
  @OptionGroup var encoder: EncoderArguments
  @OptionGroup var layout: FileLayoutArguments
  @Option(
    help: "Only that many images, drawn at random, each class by its share; default: all.",
    transform: number(in: 1...Int.max))
  var limit: Int?
  @Option(help: "Lanes; default: one a core.", transform: number(in: laneRange))
  var lanes: Int?
  @Option(help: "Share of files that may be undecodable. Default: 0.05.", transform: number(in: 0.0...1))
  var maxBad = BadImages.defaultMaximumShare
  @OptionGroup var decoding: DecodingArguments
  @OptionGroup var output: JSONOutput

  private struct Summary: Encodable {
    let out: String
    let images, width, skipped: Int
    let imagesPerSecond: Double?
    let passedOver: PassedOver
  }

  func run() throws {
    try OutputCheck.folder(out)
    let argument = try WeightsArgument(weights, encoder)
    let file = argument.model
    let source = SubsetImages.limited(
      to: limit,
      of: try ImageSources.open(
        data, options: SourceOptions(split: split, layout: layout.over(argument.layout), maximumBad: maxBad)))
    let model = try file.makeModel()
    let settings = FeatureSettings(
      lanes: lanes ?? MachineCapacity.coreCount, maximumBad: maxBad, decoding: decoding.options)
    let extraction = settings.extraction([.init(name: "model", model: model)], file.preprocessing)
    let line = ProgressLine()
    argument.tellOrigin(line.say)
    line.say(passedOverIn: source)
    let sets = try extraction.run(source) { _, fraction, rate in
      line.show("features", fraction, rate: rate)
    }
    line.finish()
    line.say(skipped: sets.skipped)
    guard let features = sets.features["model"] else {
      preconditionFailure("features of the model were extracted")
    }
    if let note = features.rowLabels.unlabelledNote { line.say("\(note): −1 in labels.npy") }
    let folder = URL(fileURLWithPath: out)
    try FeatureFiles.write(
      features, paths: sets.paths, origin: FeatureOrigin(model, file.preprocessing), to: folder)
    let rate = sets.imagesPerSecond.map { ", \(fixed($0, 0)) img/s" } ?? ""
    let skipped = sets.skipped.isEmpty ? "" : "\nskipped \(sets.skipped.count) bad images"
    try output.tell(
      "\(features.count) × \(features.width) features in \(folder.path)\(rate)\(skipped)",
      Summary(
        out: folder.path, images: features.count, width: features.width, skipped: sets.skipped.count,
        imagesPerSecond: sets.imagesPerSecond, passedOver: source.passedOver))
  }
}
