import Tensors
import TestSupport
import Testing
import VisionTransformer

/// A final norm of the pooled vector; against timm it is proved among the layouts.
struct PooledNormTests {
  private let patches = Tensor.random([2, 6, 12], seed: 3)

  /// Of a class token it is the same as a norm of all tokens, of which this one is taken.
  @Test func ofAClassTokenItIsTheSame() throws {
    func features(_ isPooled: Bool) throws -> [Scalar] {
      let configuration = smallConfiguration { ($0.pooling, $0.normAfterPooling) = (.classToken, isPooled) }
      return try makeModel(configuration).features(patches, Tape(.evaluating)).values
    }
    #expect(try features(true) == features(false))
  }

  @Test func tokensAreNotNormed() throws {
    let model = try makeModel(smallConfiguration { $0.normAfterPooling = true })
    let tape = Tape(.evaluating)
    let vectors = model.pooled(model.encode(patches, tape), tape)
    #expect(vectors.values == model.features(patches, tape).values)
    #expect(model.unnormedFeatures(patches, tape).values != vectors.values)
  }

  @Test(.enabled(if: GradientCheck.isMeaningful, "needs --traits DoublePrecision"))
  func everyParametersGradientIsRight() throws {
    let model = try makeModel(
      smallConfiguration { ($0.normAfterPooling, $0.normBeforeBlocks) = (true, true) })
    let errors = GradientCheck.errors(
      of: model.parameters.parameters.filter(\.isTrainable), entries: 6, context: PassContext(.training)
    ) { model.features(patches, $0) }
    for (name, error) in errors { #expect(error <= GradientCheck.tolerance, "\(name)") }
  }

  @Test func aPlacementWithoutAFinalNormHasNone() throws {
    #expect(throws: (any Error).self) {
      try makeModel(smallConfiguration { ($0.normAfterPooling, $0.placement) = (true, "post") })
    }
  }
}
