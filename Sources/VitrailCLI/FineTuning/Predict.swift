import ArgumentParser
import Datasets
import Foundation
import Imaging
import Platform
import Pretraining
import Records
import Tensors

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is in images, with a classifier of vitrail finetune or of another library.",
    discussion: """
      Example: vitrail predict --weights runs/labelled --data photo.jpg
      A set: vitrail predict --weights runs/labelled --data photos/ --out predictions.csv
      """)

  @Option(
    help: "Run folder of vitrail finetune, a classifier.safetensors, or a classifier of timm or Hugging Face."
  )
  var weights: String
  @OptionGroup var encoder: EncoderArguments
  @Option(
    help: """
      An image; or a folder of them, tar shards, a .txt, .csv or .tsv list, a .npy array, or a folder of an IDX or CIFAR set.
      """)
  var data: String
  @Option(help: "Of a set: the table to write, a row an image, a column of probabilities a class.")
  var out = "predictions.csv"
  @Option(
    help: "The most likely classes that are shown of an image. Default: 5.",
    transform: number(in: 1...Int.max))
  var top = 5
  @OptionGroup var output: JSONOutput
  @Option(help: "Part of a set that comes in parts: train or test.")
  var split: DatasetSplit = .test
  @Option(help: "Only that many images, drawn at random; default: all.", transform: number(in: 1...Int.max))
  var limit: Int?
  @OptionGroup var layout: FileLayoutArguments
  @Option(help: "Lanes; default: one a core.", transform: number(in: laneRange))
  var lanes: Int?
  @Option(help: "Share of files that may be undecodable. Default: 0.05.", transform: number(in: 0.0...1))
  var maxBad = BadImages.defaultMaximumShare
  @OptionGroup var decoding: DecodingArguments

  func run() throws {
    let classifier = try Classifier(contentsOf: WeightsArgument.classifier(weights), facts: encoder.facts)
    let loading = LoadingOptions(decoding: decoding.options)
    let options = SourceOptions(
      split: split, layout: layout.over(classifier.recipe.data.layout), maximumBad: maxBad)
    let opened = try ImageSources.open(data, options: options)
    if opened is ImageFile {
      let reader = try opened.reader(at: 0, options: loading.decoding(for: classifier.preprocessing))
      let prediction = Prediction(data, try classifier.probabilities(of: reader), classifier.classNames)
      try output.tell(prediction.table(top: top), Predictions(predictions: [prediction.json(top: top)]))
      return
    }
    let table = URL(fileURLWithPath: out)
    try OutputCheck.folder(table.deletingLastPathComponent().path)
    try AtomicFile.createFolder(table.deletingLastPathComponent())
    let source = SubsetImages.limited(to: limit, of: opened)
    let pass = ClassificationPass(
      classifier, team: LaneTeam(count: lanes ?? MachineCapacity.coreCount), maximumBad: maxBad,
      loading: loading)
    let line = ProgressLine()
    line.say(passedOverIn: source)
    let outcome = try pass.run(source) { line.show("predictions", done: $0, of: source.count) }
    line.finish()
    line.say(skipped: outcome.skipped)
    let count = classifier.classNames.count
    let predictions = outcome.rows.enumerated().map { row, index in
      Prediction(
        source.location(of: index), Array(outcome.probabilities[row * count..<(row + 1) * count]),
        classifier.classNames)
    }
    let text = CSV.text([["path", "class"] + classifier.classNames] + predictions.map(\.row))
    try AtomicFile.write(Data(text.rawBytes), to: table)
    let skipped = outcome.skipped.isEmpty ? "" : ", \(outcome.skipped.count) bad images skipped"
    try output.tell(
      "\(predictions.count) predictions in \(out)\(skipped)",
      Predictions(
        predictions: predictions.map { $0.json(top: top) },
        skipped: outcome.skipped.map { .init(path: $0.path, reason: $0.reason) },
        passedOver: source.passedOver))
  }

  /// What `--json` prints.
  private struct Predictions: Encodable {
    struct Skipped: Encodable { let path, reason: String }
    let predictions: [JSONValue]
    var skipped: [Skipped] = []
    var passedOver = PassedOver()
  }
}
