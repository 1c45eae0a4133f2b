import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Norms and `train.recompute`: what a norm shares with its input is not dropped while others read it.
@Suite("Norms and recomputed activations")
struct RecomputedNormTests {
  private let patches = Tensor.random([2, 6, 12], seed: 3)

  private func gradients(_ configuration: VisionTransformerConfiguration, _ recompute: Recompute) throws
    -> [[Scalar]?]
  {
    let model = try makeModel(configuration)
    let tape = Tape(PassContext(.training, recompute: recompute))
    let tokens = model.encode(patches, tape)
    tape.backward(from: tokens, gradient: .random(tokens.shape, seed: 5))
    return [tokens.values] + model.parameters.parameters.map { tape.gradient(of: $0)?.values }
  }

  @Test func everyModelKeepsItsBits() throws {
    for configuration in VariantTests.models {
      let wanted = try gradients(configuration, .none)
      for level in [Recompute.attention, .block] {
        #expect(
          try gradients(configuration, level) == wanted,
          "\(configuration.norm.name), \(configuration.placement.name), \(level)")
      }
    }
  }

  /// Without norms a sum is also what the next sublayer reads: dropping it would compute its products again at once.
  @Test func withoutNormsTheForwardPassComputesNothingTwice() throws {
    for placement in NormPlacements.all {
      let model = try makeModel(
        smallConfiguration { ($0.norm, $0.placement) = ("none", Choice(placement.name)) })
      func products(_ recompute: Recompute) -> Int {
        var count = 0
        let observer = PassObserver(onMatrixProduct: { _ in count += 1 })
        _ = model.encode(patches, Tape(PassContext(.training, recompute: recompute), observer: observer))
        return count
      }
      let once = products(.none)
      #expect(once > 0)
      for level in [Recompute.attention, .block] { #expect(products(level) == once, "\(placement.name)") }
    }
  }
}
