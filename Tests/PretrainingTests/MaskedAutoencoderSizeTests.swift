import Pretraining
import Tensors
import Testing
import VisionTransformer

/// Numbers of trainable scalars of published masked autoencoders, 224-pixel images in patches of 16.
@Suite("Sizes of masked autoencoders", .serialized)
struct MaskedAutoencoderSizeTests {
  private func count(width: Int, depth: Int, heads: Int, decoder: (width: Int, depth: Int, heads: Int)) throws
    -> Int
  {
    var configuration = VisionTransformerConfiguration()
    (configuration.width, configuration.depth, configuration.headCount) = (width, depth, heads)
    configuration.patchNorm = .none
    let store = ParameterStore()
    let encoder = try VisionTransformer(configuration, parameters: store)
    var options = MaskedAutoencoder.Options()
    (options.decoderWidth, options.decoderDepth, options.decoderHeads) = decoder
    _ = try MaskedAutoencoder(encoder: encoder, options: options, at: "here")
    return store.trainableScalarCount
  }

  /// Blocks are alike, so that two sizes of few tell the size of many.
  private func count(
    width: Int, depth: Int, heads: Int, decoderDepth: Int, of decoder: (width: Int, heads: Int)
  )
    throws -> Int
  {
    func small(_ blocks: Int, _ decoderBlocks: Int) throws -> Int {
      try count(
        width: width, depth: blocks, heads: heads, decoder: (decoder.width, decoderBlocks, decoder.heads))
    }
    let one = try small(1, 1)
    return try one + (depth - 1) * (small(2, 1) - one) + (decoderDepth - 1) * (small(1, 2) - one)
  }

  @Test func tinyOfMAELite() throws {
    #expect(try count(width: 192, depth: 12, heads: 12, decoder: (96, 1, 3)) == 5_691_744)
  }

  @Test func base() throws {
    #expect(try count(width: 768, depth: 12, heads: 12, decoderDepth: 8, of: (512, 16)) == 111_655_680)
  }

  @Test func large() throws {
    #expect(try count(width: 1024, depth: 24, heads: 16, decoderDepth: 8, of: (512, 16)) == 329_239_296)
  }
}
