import Platform
import Tensors

/// A Vision Transformer encoder (Dosovitskiy et al., 2020) with Dual PatchNorm and selectable norms.
///
/// Dimension letters: B batch, L patches of an image, K patches that are encoded, R registers, N = c + R + K tokens
/// (c = 1 with a class token), D width, P·P·C values in a patch.
public final class VisionTransformer: Sendable {
  /// What it was made from.
  public let configuration: VisionTransformerConfiguration
  /// All its parameters.
  public let parameters: ParameterStore
  /// The choices that its layers share; decoders and heads that follow the encoder's style use them too.
  public let recipe: LayerRecipe

  private let patchEmbedding: PatchEmbedding
  private let classToken, registers, positions: Parameter?
  private let rotaryTable: RotaryTable?
  private let blocks: [TransformerBlock]
  private let finalNorm: (any Norm)?

  /// Declares the model in `parameters` and gives it its initial weights; `variants` is what the configuration may name.
  ///
  /// - Throws: `Failure` when the configuration does not fit together.
  public init(
    _ configuration: VisionTransformerConfiguration, parameters: ParameterStore,
    variants: ModelVariants = ModelVariants(), place: String = "model"
  ) throws(Failure) {
    try configuration.validate(at: place)
    self.configuration = configuration
    self.parameters = parameters
    let recipe = try LayerRecipe(configuration, variants: variants, at: place)
    self.recipe = recipe
    let scope = parameters.root
    let width = configuration.width
    let stream = configuration.stream
    let streamWidth = stream.streamWidth(width)
    classToken =
      configuration.hasClassToken
      ? scope.parameter(
        "cls_token", shape: [1, 1, streamWidth], initial: recipe.initializer.token(.classToken))
      : nil
    registers =
      configuration.registerCount > 0
      ? scope.parameter(
        "reg_token", shape: [1, configuration.registerCount, streamWidth],
        initial: recipe.initializer.token(.register))
      : nil
    positions = configuration.positions.declare(
      "pos_embed", grid: configuration.grid, width: width, stream: stream,
      hasClassToken: configuration.hasClassToken,
      initializer: recipe.initializer, scope: scope)
    rotaryTable = configuration.rotaryTable
    patchEmbedding = PatchEmbedding(
      grid: configuration.grid, width: width, stream: stream, stem: configuration.stem,
      patchNorm: configuration.patchNorm, recipe: recipe, scope: scope["patch_embed"])
    var shape = TransformerBlock.Shape(
      width: streamWidth, headCount: configuration.headCount, hiddenWidth: configuration.hiddenWidth,
      depth: configuration.depth, layerScale: configuration.layerScale, dropPath: configuration.dropPath)
    shape.attentionWidth = width
    let blockShape = shape
    blocks = (0..<configuration.depth).map { layer in
      TransformerBlock(blockShape, layer: layer, recipe: recipe, scope: scope["blocks"][layer])
    }
    finalNorm =
      recipe.placement.hasFinalNorm ? recipe.norm(NormSite(.final, width: width), scope: scope["norm"]) : nil
  }

  /// Number of tokens that lead the sequence: class token and registers.
  public var prefixCount: Int { (configuration.hasClassToken ? 1 : 0) + configuration.registerCount }

  /// Encodes patches [B, L, P·P·C] to tokens [B, N, D] after the final norm.
  ///
  /// With `visible` [B·K], the places of the patches to encode, only those are: the encoder of a masked autoencoder.
  public func encode(_ patches: Tensor, visible: [Int32]? = nil, _ tape: Tape) -> Tensor {
    let grid = configuration.grid
    precondition(
      patches.shape.count == 3 && patches.shape[1] == grid.count && patches.shape[2] == grid.width,
      "VisionTransformer: patches \(patches.shape), wanted [B, \(grid.count), \(grid.width)]")
    let chosen = visible.map { tape.gather(patches, indices: $0) } ?? patches
    tape.leadingTokens = 0
    let embedded = patchEmbedding(chosen, tape)
    tape.observe("patch_embed", embedded)
    var tokens = tape.sequence(
      classToken: classToken.map { tape($0) }, registers: registers.map { tape($0) }, patches: embedded,
      positions: positions.map { tape($0) }, indices: visible)
    let rotation = rotaryTable.map { Rotation($0, prefixCount: prefixCount, places: visible) }
    tape.leadingTokens = prefixCount
    for (layer, block) in blocks.enumerated() {
      tokens = block(tokens, tape, rotation: rotation)
      tape.observe("blocks.\(layer)", tokens)
    }
    let whole = configuration.stream.whole(tokens, tape)
    guard let finalNorm else { return whole }
    let normed = finalNorm(whole, tape)
    tape.observe("norm", normed)
    return normed
  }

  /// One vector an image: patches [B, L, P·P·C] → [B, D], pooled as the configuration says.
  public func features(_ patches: Tensor, _ tape: Tape) -> Tensor {
    let tokens = encode(patches, tape)
    switch configuration.pooling {
    case .mean: return tape.meanTokens(tokens, prefixCount..<tokens.shape[1])
    case .classToken: return tape.meanTokens(tokens, 0..<1)
    }
  }
}
