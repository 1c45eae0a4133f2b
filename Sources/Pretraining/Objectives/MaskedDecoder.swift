import Platform
import Tensors
import VisionTransformer

/// The light transformer that turns encoded visible patches and mask tokens into pixels (He et al., 2021).
///
/// It follows the encoder's norm, placement and initialiser, with fixed positions of its own.
struct MaskedDecoder: Sendable {
  private let embedding, prediction: Linear
  private let maskToken, positions: Parameter
  private let blocks: [TransformerBlock]
  private let finalNorm: (any Norm)?
  private let stream: StreamForm
  private let hasClassToken: Bool
  private let registerCount: Int
  private let patchCount: Int

  init(encoder: VisionTransformer, width: Int, depth: Int, headCount: Int, at place: String) throws(Failure) {
    guard (1...1 << 14).contains(width), (0...1024).contains(depth), headCount > 0, width % headCount == 0,
      width % 4 == 0
    else {
      throw Failure(
        "a decoder of width \(width), depth \(depth) and \(headCount) heads", at: place,
        mend:
          "choose a decoderWidth that is a multiple of 4 and of decoderHeads, up to 16384, and a decoderDepth up to 1024"
      )
    }
    let (configuration, scope) = (encoder.configuration, encoder.parameters.root)
    let recipe = encoder.recipe.withoutLayerNorms
    let grid = configuration.grid
    hasClassToken = configuration.hasClassToken
    registerCount = configuration.registerCount
    patchCount = grid.count
    stream = configuration.stream
    let streamWidth = stream.streamWidth(width)
    embedding = Linear(
      .other, inputs: configuration.width, outputs: streamWidth, by: recipe.initializer,
      scope: scope["decoder_embed"])
    maskToken = scope.parameter(
      "mask_token", shape: [1, 1, streamWidth], initial: recipe.initializer.token(.maskToken))
    guard
      let table = Positions.sinCos2D.declare(
        "decoder_pos_embed", grid: grid, width: width, stream: stream, hasClassToken: hasClassToken,
        initializer: recipe.initializer, scope: scope)
    else { preconditionFailure("fixed positions are a table") }
    positions = table
    var shape = TransformerBlock.Shape(
      width: streamWidth, headCount: headCount,
      hiddenWidth: Int((Double(width) * configuration.mlpRatio).rounded()),
      depth: depth)
    shape.attentionWidth = width
    let blockShape = shape
    blocks = (0..<depth).map { layer in
      TransformerBlock(blockShape, layer: layer, recipe: recipe, scope: scope["decoder_blocks"][layer])
    }
    finalNorm =
      recipe.placement.hasFinalNorm
      ? recipe.norm(NormSite(.final, width: width), scope: scope["decoder_norm"]) : nil
    prediction = Linear(
      .other, inputs: width, outputs: grid.width, by: recipe.initializer, scope: scope["decoder_pred"])
  }

  /// latent [B, N, D] → predictions of the patches at `predicted` [B·M], all L when nil: [B, M, P·P·C].
  func callAsFunction(_ latent: Tensor, visible: [Int32], predicted: [Int32]?, _ tape: Tape) -> Tensor {
    let batch = latent.shape[0]
    let embedded = embedding(latent, tape)
    var tokens = tape.restore(
      embedded, maskToken: tape(maskToken), positions: tape(positions), indices: visible,
      hasClassToken: hasClassToken, registerCount: registerCount)
    let prefix: Int32 = hasClassToken ? 1 : 0
    tape.leadingTokens = Int(prefix)
    let patches = predicted ?? (0..<batch).flatMap { _ in (0..<Int32(patchCount)).map { $0 } }
    let places = prefix == 0 ? patches : patches.map { $0 + prefix }
    for (layer, block) in blocks.enumerated() {
      // After the last attention only the tokens that are predicted matter.
      tokens = block(tokens, tape, kept: layer == blocks.count - 1 ? places : nil)
      tape.observe("decoder_blocks.\(layer)", tokens)
    }
    let chosen = stream.whole(blocks.isEmpty ? tape.gather(tokens, indices: places) : tokens, tape)
    if blocks.isEmpty { tape.leadingTokens = 0 }
    let normed = finalNorm?(chosen, tape) ?? chosen
    let predictions = prediction(normed, tape)
    tape.observe("decoder_pred", predictions)
    return predictions
  }
}
