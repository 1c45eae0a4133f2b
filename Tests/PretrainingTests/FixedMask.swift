import Platform
import Pretraining
import Tensors
import VisionTransformer

/// A masked autoencoder under given noise, row `index` of which belongs to the sample of that index.
struct FixedMask: Objective {
  static let name = "fixedMask"
  static let summary = "a masked autoencoder whose masks are given"
  static let source = "these tests"

  private let inner: MaskedAutoencoder
  private let noise: [Float]
  private let patchCount: Int

  init(encoder: VisionTransformer, options: NoOptions, at place: String) throws(Failure) {
    inner = try MaskedAutoencoder(encoder: encoder, options: .init(), at: place)
    patchCount = encoder.configuration.grid.count
    noise = []
  }

  init(_ inner: MaskedAutoencoder, noise: [Float], patchCount: Int) {
    self.inner = inner
    self.noise = noise
    self.patchCount = patchCount
  }

  func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor {
    let rows = batch.identity.indices.flatMap { noise[$0 * patchCount..<($0 + 1) * patchCount] }
    return inner.loss(batch.patches, inner.mask(noise: rows), tape)
  }
}
