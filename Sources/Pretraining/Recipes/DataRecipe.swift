import Datasets
import Imaging
import Platform
import VisionTransformer

/// The keys under `data:`.
public struct DataRecipe: RangedKeys, Equatable {
  /// The folder, list, tar shards or set of files; `--data` sets it.
  public var path: String?
  /// Several sets instead of one, by weights.
  public var mix: [MixedSet]?
  /// The part of a set that comes in parts, such as IDX.
  public var split = DatasetSplit.train
  /// Ends of the names of the files that make up an image, a channel each; empty where a file is an image.
  public var bands: [String] = []
  /// What becomes of files with several pages: `images`, `channels` or `first`.
  public var pages = FileLayout.Pages.images
  /// Whether files of a folder are images by what is in them, whatever their names.
  public var anyExtension = false
  /// Labelled images that `vitrail finetune` scores the classifier on; absent: those of `holdOut`, if any.
  public var test: String?
  /// Share of each class that is kept out of training, to score on; absent: none.
  public var holdOut: Double?
  /// The seed that chooses what is held out.
  public var splitSeed: UInt64 = 0
  /// Only that many images, drawn at random, each class by its share; absent: all.
  public var limit: Int?
  /// Images that wait to be drawn while tar shards are read forwards; absent: 1000.
  public var shuffleBuffer: Int?
  /// What makes an image a training view, in order; absent: MAE's random resized crop and horizontal flip.
  public var augmentations = AugmentationPipeline.defaultChoices
  /// The views of each image, for objectives that compare several; absent: those that the objective is published with.
  public var views: [ViewRecipe]?
  /// The resize filter when features are extracted.
  public var filter = ResizeFilter.bicubic
  /// Mean of each channel of values in 0…1, or `auto` to measure it; absent: ImageNet's.
  public var mean: ChannelValues?
  /// Standard deviation of each channel, or `auto`; absent: ImageNet's.
  public var standardDeviation: ChannelValues?
  /// What floating-point samples range over, `[low, high]` or such a pair for each channel, `none`, `window`, or `auto` to measure it.
  public var range = SampleRangeChoice.auto
  /// Shorter side before the centre crop when features are extracted; absent: 8/7 of the image size from 96 pixels
  /// on, the image size below.
  public var evaluationResize: Int?
  /// Share of files that may be undecodable before the run stops.
  public var maxBad = 0.05
  /// Largest image that is decoded, in pixels.
  public var maxPixels = 200_000_000
  /// What becomes of image files whose data end early: `skip` or `pad`.
  public var truncated = TruncatedImages.skip
  /// Where decoded images are kept: `none`, `ram` or a folder.
  public var cache = CacheLocation.none
  /// The most bytes that are kept, such as `4GB`; absent: a quarter of the memory, or 20 GB or half of the free disk.
  public var cacheSize: ByteCount?
  /// What the shorter side of larger images is resized to before they are kept; absent: 8/7 of the model's larger side.
  public var cacheSide: Int?
  /// Threads that decode; absent: one a core.
  public var threads: Int?
  /// The defaults.
  public init() {}

  /// What each number may be.
  public static let ranges: [String: KeyRange] = [
    "holdOut": .above(0, to: 0.99), "limit": .count, "shuffleBuffer": .from(1, to: 16_777_216),
    "mean": .from(0, to: 1), "standardDeviation": .from(1e-8, to: 10),
    "evaluationResize": .from(1, to: 1_048_576),
    "maxBad": .share, "maxPixels": .count, "cacheSide": .from(1, to: 1_048_576),
    "threads": .from(1, to: 1024),
  ]

  func validate(for model: VisionTransformerConfiguration) throws(Failure) {
    let channels = model.channels
    let side = min(model.imageSize.height, model.imageSize.width)
    func require(_ holds: Bool, _ key: String, _ problem: String, _ remedy: String) throws(Failure) {
      if !holds { throw Failure(problem, at: key, mend: remedy) }
    }
    for (key, values, limit) in [("mean", mean, Float(1)), ("standardDeviation", standardDeviation, 10)] {
      guard let large = values?.numbers?.first(where: { $0 > limit }) else { continue }
      throw Failure(
        "a value of \(large), where pixels are 0…1", at: key,
        mend: "divide values of 0…255 by 255")
    }
    try requireRanges(usual: .encoding(DataRecipe()))
    try located("bands") { () throws(Failure) in try layout.validate() }
    try require(
      bands.isEmpty || bands.count == channels || Set([bands.count, channels]) == [1, 3], "bands",
      "\(bands.count) bands for a model of \(channels) channels", "set model.channels to \(bands.count)")
    try validateSource()
    try require(
      (side...1 << 20).contains(evaluationResize ?? side), "evaluationResize",
      "evaluationResize is \(evaluationResize ?? 0), with images of \(side) pixels",
      "choose \(side) … \(1 << 20)")
    if let range = range.range {
      try require(
        range.pairs.count == 1 || range.pairs.count == channels
          || Set([range.pairs.count, channels]) == [1, 3],
        "range", "\(range.pairs.count) pairs for a model of \(channels) channels",
        "give one pair for all channels, or one for each")
    }
    for (key, values) in [("mean", mean), ("standardDeviation", standardDeviation)] {
      guard case .values(let values)? = values else { continue }
      try require(
        values.count == channels, key, "\(values.count) values for \(channels) channels",
        "give one value a channel")
    }
    // Last: it builds on what was checked before.
    _ = try pipelines(for: model)
  }

  /// What makes an image a training view of this model, one a view; normalised as `preprocessing` says.
  ///
  /// - Throws: `Failure` for an unknown augmentation or option, or a size that does not divide into patches.
  public func pipelines(for model: VisionTransformerConfiguration) throws(Failure) -> [AugmentationPipeline] {
    guard let views else { return [try pipeline(augmentations, model.imageSize, model)] }
    var pipelines: [AugmentationPipeline] = []
    for (index, view) in views.enumerated() {
      let made = try located("views[\(index)]") { () throws(Failure) in
        guard (1...64).contains(view.count), pipelines.count + view.count <= 64 else {
          throw Failure("\(view.count) views", at: "count", mend: "choose 1 … 64 views in all")
        }
        let size = view.imageSize ?? model.imageSize
        guard size.height > 0, size.width > 0, size.height % model.patchSize == 0,
          size.width % model.patchSize == 0,
          max(size.height, size.width) <= 1 << 16
        else {
          throw Failure(
            "views of \(size.height)×\(size.width) pixels do not divide into patches of \(model.patchSize)",
            at: "imageSize", mend: "make the size a multiple of model.patchSize")
        }
        return try pipeline(view.augmentations ?? augmentations, size, model)
      }
      pipelines += [AugmentationPipeline](repeating: made, count: view.count)
    }
    return pipelines
  }

  private func pipeline(
    _ choices: [Choice], _ size: ImageSize, _ model: VisionTransformerConfiguration
  ) throws(Failure) -> AugmentationPipeline {
    try located("augmentations") { () throws(Failure) in
      try AugmentationPipeline(
        choices, height: size.height, width: size.width, channels: model.channels,
        normalization: preprocessing(for: model).normalization)
    }
  }

  /// What is wanted of the images at `path`.
  public var sourceOptions: SourceOptions { SourceOptions(split: split, layout: layout) }

  /// How files make up images.
  public var layout: FileLayout { FileLayout(bands: bands, pages: pages, anyExtension: anyExtension) }

  /// How files are read and how many threads do it.
  public var loading: LoadingOptions {
    var decoding = DecodeOptions(maximumPixels: maxPixels, truncated: truncated)
    decoding.range = range.range
    decoding.usesWindow = range == .window
    return LoadingOptions(threads: threads ?? LoadingOptions.defaultThreadCount, decoding: decoding)
  }

  /// How features of this model are extracted, and what its pixels are normalised by. What is left to be measured (see
  /// `resolved`) counts as absent.
  public func preprocessing(for model: VisionTransformerConfiguration) -> Preprocessing {
    let side = min(model.imageSize.height, model.imageSize.width)
    // Gray images, and bands without a meaning, take the average of ImageNet's three channels.
    let isRGB = model.channels == 3
    let defaultMean =
      isRGB ? Preprocessing.imageNetMean : [Float](repeating: 0.449, count: model.channels)
    let defaultDeviation =
      isRGB ? Preprocessing.imageNetStandardDeviation : [Float](repeating: 0.226, count: model.channels)
    return Preprocessing(
      height: model.imageSize.height, width: model.imageSize.width, channels: model.channels,
      resizeShorterSide: evaluationResize ?? (side >= 96 ? side * 8 / 7 : side), filter: filter,
      mean: mean?.numbers ?? defaultMean,
      standardDeviation: standardDeviation?.numbers ?? defaultDeviation, range: range.range,
      usesWindow: range == .window)
  }
}
