import Imaging
import Platform
import Tensors

/// One pass over a set in which every image is seen through augmentations; what is drawn belongs to (seed, pass, image).
public struct AugmentedPass: Sendable {
  /// What turns an image into a view.
  public let pipeline: AugmentationPipeline
  /// Passes of other seeds see other views.
  public let seed: UInt64
  /// The number of the pass, from 0.
  public let pass: Int

  /// Creates a pass.
  public init(pipeline: AugmentationPipeline, seed: UInt64, pass: Int) {
    precondition(pass >= 0, "AugmentedPass: pass \(pass)")
    self.pipeline = pipeline
    self.seed = seed
    self.pass = pass
  }

  /// The view of the image numbered `index` in its set.
  ///
  /// - Throws: `Failure` when the image is damaged, or has channels that cannot become the model's.
  func view(of reader: ImageReader, image index: Int) throws(Failure) -> Image {
    var stream = RandomStream(seed: seed, purpose: .augmentation, epoch: pass, sample: index)
    return try pipeline.view(of: reader, using: &stream)
  }
}

extension AugmentationPipeline {
  /// Whether views are of the size of a model's input.
  func hasSize(of preprocessing: Preprocessing) -> Bool {
    (height, width, channels) == (preprocessing.height, preprocessing.width, preprocessing.channels)
  }
}
