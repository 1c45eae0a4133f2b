import ArgumentParser
import Datasets
import Evaluation
import Platform

/// The images that evaluators learn from and are measured on.
struct LabelledSets: ParsableArguments {
  @Option(
    help: """
      Labelled images to learn from: a folder with a sub-folder a class, tar shards, a .csv list, or an IDX or CIFAR \
      folder; default: none.
      """)
  var train: String?
  @Option(help: "Labelled images to be measured on; default: none.")
  var test: String?
  @Option(
    help: "Instead of --test: the share of each class of --train to be measured on. Default: none.",
    transform: number(in: 0.0.nextUp...0.99))
  var holdOut: Double?
  @Option(help: "The seed that chooses what is held out; as data.splitSeed of a recipe.")
  var splitSeed: UInt64 = 0
  @Option(
    help: "Only that many images of each set, drawn at random, each class by its share; default: all.",
    transform: number(in: 1...Int.max))
  var limit: Int?
  @OptionGroup var layout: FileLayoutArguments

  func validate() throws {
    if test != nil && holdOut != nil { throw ValidationError("give either --test PATH or --hold-out SHARE") }
    if train == nil && (test ?? holdOut.map { "\($0)" }) != nil {
      throw ValidationError("give --train PATH, what evaluators learn from")
    }
  }

  /// Both sets of images; `layout` is that of the weights. No test set where none was asked for.
  func open(layout: FileLayout, maximumBad: Double) throws(Failure) -> EvaluationSets {
    guard let train else { throw Failure("no images", at: "--train", mend: "give --train PATH") }
    return try EvaluationSets.open(
      train: train,
      measured: holdOut.map { .heldOut(share: $0, seed: splitSeed) } ?? test.map { .path($0) }, limit: limit,
      layout: self.layout.over(layout), maximumBad: maximumBad)
  }
}
