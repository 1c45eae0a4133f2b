import ArgumentParser
import Datasets
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
  @OptionGroup var bands: BandsArgument

  func validate() throws {
    if test != nil && holdOut != nil { throw ValidationError("give either --test PATH or --hold-out SHARE") }
    if train == nil && (test ?? holdOut.map { "\($0)" }) != nil {
      throw ValidationError("give --train PATH, what evaluators learn from")
    }
  }

  /// The sets, as they were asked for.
  struct Opened {
    let train: any ImageSource
    let test: (any ImageSource)?

    /// Both, where there are two.
    var all: [any ImageSource] { [train] + (test.map { [$0] } ?? []) }
  }

  /// Both sets of images; `bands` are those of the weights. No test set where none was asked for.
  func open(bands: [String], maximumBad: Double) throws(Failure) -> Opened {
    guard let train else { throw Failure("no images", at: "--train", mend: "give --train PATH") }
    func open(_ path: String, _ split: DatasetSplit) throws(Failure) -> any ImageSource {
      try ImageSources.open(
        path,
        options: SourceOptions(split: split, bands: self.bands.names ?? bands, maximumBad: maximumBad))
    }
    let trainSource = try open(train, .train)
    if let holdOut {
      let split = try SubsetImages.split(trainSource, holdingOut: holdOut, seed: splitSeed)
      return Opened(
        train: SubsetImages.limited(to: limit, of: split.kept),
        test: SubsetImages.limited(to: limit, of: split.heldOut))
    }
    let testSource = try test.map { (path) throws(Failure) in try open(path, .test) }
    // Of one class alone the evaluators say that it is too few, which matters more.
    if let testSource, trainSource.classNames.count != 1 {
      try requireDistinct(train: trainSource, test: testSource)
    }
    return Opened(
      train: SubsetImages.limited(to: limit, of: trainSource),
      test: testSource.map { SubsetImages.limited(to: limit, of: $0) })
  }
}
