import Datasets
import Imaging
import Platform
import Pretraining
import Tensors
import TestSupport
import VisionTransformer

/// Noise of three tones, which are the classes; every image has one unless labels say otherwise.
struct LabelledNoise: ImageSource {
  let count = 24
  var classNames = ["dark", "gray", "light"]
  var hasLabelSets = false
  var facts: ImageSetFacts {
    ImageSetFacts(path: "/labelled", classNames: classNames, hasLabelSets: hasLabelSets)
  }
  var labels: [Int?] = (0..<24).map { $0 % 3 }

  func label(of index: Int) -> Int? { labels[index] }
  func location(of index: Int) -> String { "\(path)#\(index)" }
  func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    try NoiseImages().reader(at: index, options: options)
  }
}

extension ComparingModel {
  /// The objective on three classes, with keys of its own.
  static func classifying(
    _ options: [String: JSONValue] = [:], _ change: (inout VisionTransformerConfiguration) -> Void = { _ in }
  ) throws -> ComparingModel {
    let classes = JSONValue.array(["a", "b", "c"].map { .string($0) })
    return try ComparingModel(
      Choice("classification", options: ["classes": classes].merging(options) { $1 }), change)
  }

  /// Labelled samples of one view.
  func labelled(_ count: Int, seed: UInt64 = 3, epoch: Int = 0) -> MicroBatch {
    let plain = batch(count, views: 1, seed: seed, epoch: epoch)
    return MicroBatch(
      patches: plain.patches, labels: (0..<count).map { $0 * $0 % 3 }, identity: plain.identity)
  }
}
