import Imaging
import Tensors

extension VisionTransformer {
  /// One vector an image: [n, D], [0, D] for no image, from evaluation views as `preprocessing` describes them.
  ///
  /// Runs on the calling thread; give a few dozen images at a time to bound memory.
  public func embed(_ images: [Image], preprocessing: Preprocessing) -> Tensor {
    guard !images.isEmpty else { return Tensor(shape: [0, configuration.width]) }
    let tape = Tape(.evaluating)
    return features(patches(of: images, preprocessing: preprocessing), tape)
  }

  /// The normalised patches of evaluation views: [n, L, P·P·C].
  public func patches(of images: [Image], preprocessing: Preprocessing) -> Tensor {
    let grid = configuration.grid
    let patches = Tensor(shape: [images.count, grid.count, grid.width])
    for (index, image) in images.enumerated() {
      grid.patchify(
        preprocessing.evaluationView(of: image).samples, preprocessing.normalization, into: patches, at: index
      )
    }
    return patches
  }
}
