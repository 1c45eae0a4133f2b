import Platform
import Tensors
import VisionTransformer

/// The blocks of a light decoder and what it predicts with: they follow the encoder's norm, placement and initialiser.
///
/// Names begin with that of the decoder: `decoder_blocks.0.…`, `decoder_norm.…`, `decoder_pred.…`.
struct DecoderLayers: Sendable {
  /// Its sizes.
  struct Shape {
    /// Width of its stream.
    var width: Int
    /// Number of blocks.
    var depth: Int
    /// Attention heads of each.
    var headCount: Int

    /// Refuses sizes that do not divide.
    func validate(at place: String) throws(Failure) {
      guard (1...1 << 14).contains(width), (0...1024).contains(depth), headCount > 0, width % headCount == 0,
        width % 4 == 0
      else {
        throw Failure(
          "a decoder of width \(width), depth \(depth) and \(headCount) heads", at: place,
          mend:
            "choose a decoderWidth that is a multiple of 4 and of decoderHeads, up to 16384, and a decoderDepth up to 1024"
        )
      }
    }
  }

  private let name: String
  private let blocks: [TransformerBlock]
  private let finalNorm: (any Norm)?
  private let prediction: Linear
  private let stream: StreamForm

  /// Declares blocks, norm and prediction; `outputs` is the number of values predicted of a token.
  init(_ shape: Shape, named name: String, outputs: Int, follows encoder: VisionTransformer) {
    let configuration = encoder.configuration
    let scope = encoder.parameters.root.of(stack: name, at: .entry)
    let recipe = encoder.recipe.withoutLayerNorms
    self.name = name
    stream = configuration.stream
    var blockShape = TransformerBlock.Shape(
      width: stream.streamWidth(shape.width), headCount: shape.headCount,
      hiddenWidth: Int((Double(shape.width) * configuration.mlpRatio).rounded()), depth: shape.depth)
    blockShape.attentionWidth = shape.width
    let declared = blockShape
    blocks = (0..<shape.depth).map { layer in
      TransformerBlock(declared, layer: layer, recipe: recipe, scope: scope["\(name)_blocks"][block: layer])
    }
    finalNorm =
      recipe.placement.hasFinalNorm
      ? recipe.norm(NormSite(.final, width: shape.width), scope: scope["\(name)_norm"].at(.exit)) : nil
    prediction = Linear(
      .prediction, inputs: shape.width, outputs: outputs, by: recipe.initializer,
      scope: scope["\(name)_pred"].at(.exit))
  }

  /// Declares the layer that brings an encoder's tokens to the width of a decoder.
  static func embedding(of encoder: VisionTransformer, named name: String, width: Int) -> Linear {
    let configuration = encoder.configuration
    return Linear(
      .decoderEmbedding, inputs: configuration.width, outputs: configuration.stream.streamWidth(width),
      by: encoder.recipe.initializer,
      scope: encoder.parameters.root.of(stack: name, at: .entry)["\(name)_embed"])
  }

  /// tokens [B, N, stream width], the first `leadingTokens` no patches → predictions of those at `predicted` [B·M]:
  /// [B, M, outputs].
  func callAsFunction(_ tokens: Tensor, leadingTokens: Int, predicted: [Int32], _ tape: Tape) -> Tensor {
    var sequence = TokenSequence(tokens, leadingCount: leadingTokens)
    for (layer, block) in blocks.enumerated() {
      // After the last attention only the tokens that are predicted matter.
      sequence = block(sequence, tape, kept: layer == blocks.count - 1 ? predicted : nil)
      tape.observe(.block(layer, stack: name, of: .objective), sequence.values)
    }
    let patches = blocks.isEmpty ? tape.gather(tokens, indices: predicted) : sequence.values
    let chosen = stream.whole(patches, tape)
    let predictions = prediction(finalNorm?(chosen, tape) ?? chosen, tape)
    tape.observe(.prediction(stack: name), predictions)
    return predictions
  }
}
