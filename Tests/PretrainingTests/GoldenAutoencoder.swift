import Foundation
import Platform
import Pretraining
import Tensors
import TestSupport
import VisionTransformer

/// A masked autoencoder with the weights of a golden file.
struct GoldenAutoencoder {
  let file: GoldenFile
  let store: ParameterStore
  let encoder: VisionTransformer
  let objective: MaskedAutoencoder

  static let models = try? GoldenModel.all("mae.json", in: .module)

  init(_ golden: GoldenModel) throws {
    file = try GoldenFile(golden.file, in: .module)
    store = ParameterStore(seed: 1)
    encoder = try VisionTransformer(golden.configuration, parameters: store)
    var options = MaskedAutoencoder.Options()
    options.maskRatio = golden.maskRatio ?? options.maskRatio
    options.decoderWidth = golden.decoderWidth ?? options.decoderWidth
    options.decoderDepth = golden.decoderDepth ?? options.decoderDepth
    options.decoderHeads = golden.decoderHeads ?? options.decoderHeads
    objective = try MaskedAutoencoder(encoder: encoder, options: options, at: "golden")
    try file.load(into: store)
  }

  /// The model that the trajectory starts from: Dual PatchNorm, LayerNorm, pre-norm.
  static func first() throws -> GoldenAutoencoder {
    guard let model = models?.first else {
      throw Failure("no models", at: "mae.json", mend: "run Scripts/golden/mae.py")
    }
    return try GoldenAutoencoder(model)
  }

  var trainable: [Parameter] { store.parameters.filter(\.isTrainable) }

  /// The mask of the noise in the file.
  func mask() throws -> PatchMask { objective.mask(noise: try file("noise").values.map { Float($0) }) }

  /// Random samples for this model.
  func batch(_ count: Int, seed: UInt64 = 3, epoch: Int = 0) -> MicroBatch {
    let grid = encoder.configuration.grid
    return MicroBatch(
      patches: .random([count, grid.count, grid.width], seed: seed),
      identity: SampleIdentity(seed: 5, epoch: epoch, indices: (0..<count).map { 10 + 3 * $0 }))
  }
}
