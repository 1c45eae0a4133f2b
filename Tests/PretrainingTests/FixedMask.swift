import Platform
import Pretraining
import Tensors
import VisionTransformer

/// A masked objective under given masks, row `index` of which belongs to the sample of that index.
struct FixedMask: Objective {
  static let name = "fixedMask"
  static let summary = "a masked objective whose masks are given"
  static let source = "these tests"

  private let inner: any MaskedObjective
  private let mask: PatchMask
  private let count: Int

  init(encoder: VisionTransformer, options: NoOptions, at place: String) throws(Failure) {
    self.init(
      try MaskedAutoencoder(encoder: encoder, options: .init(), at: place),
      PatchMask(visible: [], masked: []), count: 0)
  }

  init(_ inner: any MaskedObjective, _ mask: PatchMask, count: Int) {
    self.inner = inner
    self.mask = mask
    self.count = count
  }

  func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor {
    func rows(_ places: [Int32]) -> [Int32] {
      let each = places.count / count
      return batch.identity.indices.flatMap { places[$0 * each..<($0 + 1) * each] }
    }
    return inner.loss(
      batch.patches, PatchMask(visible: rows(mask.visible), masked: rows(mask.masked)), tape)
  }
}
