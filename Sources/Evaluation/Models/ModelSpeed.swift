import Datasets
import Platform
import VisionTransformer

extension ModelFile {
  /// How many parameters the encoder has.
  public func parameterCount() throws(Failure) -> Int {
    let names = try encoderNames()
    return file.shapes.reduce(0) { names.contains($1.key) ? $0 + $1.value.reduce(1, *) : $0 }
  }

  /// Images a second from file to features, over `limit` of a set at most; nothing is kept or read from what was.
  public func imagesPerSecond(
    over source: any ImageSource, limit: Int = 2000, settings: FeatureSettings,
    progress: FeatureExtraction.Progress = { _, _, _ in }
  ) throws(Failure) -> Double {
    var timed = settings
    timed.cache = nil
    let extraction = timed.extraction([.init(name: "model", model: try makeModel())], preprocessing)
    let images = SubsetImages.limited(to: limit, of: source)
    return try extraction.run(images, progress: progress).imagesPerSecond ?? 0
  }
}
