import Platform
import Tensors
import VisionTransformer

/// The light transformer that turns encoded visible patches and mask tokens into pixels (He et al., 2021).
///
/// It follows the encoder's norm, placement and initialiser, with fixed positions of its own.
struct MaskedDecoder: Sendable {
  private let embedding: Linear
  private let maskToken, positions: Parameter
  private let layers: DecoderLayers
  private let hasClassToken: Bool
  private let registerCount: Int
  private let patchCount: Int

  init(encoder: VisionTransformer, shape: DecoderLayers.Shape, at place: String) throws(Failure) {
    try shape.validate(at: place)
    let configuration = encoder.configuration
    let scope = encoder.parameters.root.of(stack: "decoder", at: .entry)
    let initializer = encoder.recipe.initializer
    let grid = configuration.grid
    hasClassToken = configuration.hasClassToken
    registerCount = configuration.registerCount
    patchCount = grid.count
    let stream = configuration.stream
    let streamWidth = stream.streamWidth(shape.width)
    embedding = DecoderLayers.embedding(of: encoder, named: "decoder", width: shape.width)
    maskToken = scope.parameter(
      "mask_token", shape: [1, 1, streamWidth], role: .token, initial: initializer.token(.maskToken))
    guard
      let table = Positions.sinCos2D.declare(
        "decoder_pos_embed", grid: grid, width: shape.width, stream: stream, hasClassToken: hasClassToken,
        initializer: initializer, scope: scope)
    else { preconditionFailure("fixed positions are a table") }
    positions = table
    layers = DecoderLayers(shape, named: "decoder", outputs: grid.width, follows: encoder)
  }

  /// latent [B, N, D] → predictions of the patches at `predicted` [B·M], all L when nil: [B, M, P·P·C].
  func callAsFunction(_ latent: Tensor, visible: [Int32], predicted: [Int32]?, _ tape: Tape) -> Tensor {
    let batch = latent.shape[0]
    let tokens = tape.restore(
      embedding(latent, tape), maskToken: tape(maskToken), positions: tape(positions), indices: visible,
      hasClassToken: hasClassToken, registerCount: registerCount)
    let prefix: Int32 = hasClassToken ? 1 : 0
    let patches = predicted ?? (0..<batch).flatMap { _ in (0..<Int32(patchCount)).map { $0 } }
    let rows = prefix == 0 ? patches : patches.map { $0 + prefix }
    return layers(tokens, leadingTokens: Int(prefix), predicted: rows, tape)
  }
}
