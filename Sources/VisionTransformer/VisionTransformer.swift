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
  /// What the configuration may name: a twin of this encoder wants the same.
  public let variants: ModelVariants

  private let owner: ParameterSite.Owner
  private let patchEmbedding: PatchEmbedding
  private let classToken, registers, positions: Parameter?
  private let positionsOfGrids: PositionsOfGrids
  private let blocks: [TransformerBlock]
  private let entryNorm, finalNorm: (any Norm)?

  /// Declares the model in `parameters` and gives it its initial weights; `variants` is what the configuration may name.
  ///
  /// - Throws: `Failure` when the configuration does not fit together.
  public convenience init(
    _ configuration: VisionTransformerConfiguration, parameters: ParameterStore,
    variants: ModelVariants = ModelVariants(), place: String = "model"
  ) throws(Failure) {
    try self.init(configuration, scope: parameters.root, variants: variants, place: place)
  }

  /// Declares the model below a name: for a second encoder in one store, such as a teacher.
  ///
  /// - Throws: `Failure` when the configuration does not fit together.
  public init(
    _ configuration: VisionTransformerConfiguration, scope: ParameterScope,
    variants: ModelVariants = ModelVariants(), place: String = "model"
  ) throws(Failure) {
    let recipe = try located(place) { () throws(Failure) in
      try configuration.validate()
      return try LayerRecipe(configuration, variants: variants)
    }
    let scope = scope.ofEncoder.of(stack: ParameterSite.encoderStack, at: .entry)
    owner = scope.site.owner
    self.configuration = configuration
    self.variants = variants
    parameters = scope.store
    self.recipe = recipe
    let width = configuration.width
    let stream = configuration.stream
    let entryWidth = configuration.entryStream.streamWidth(width)
    classToken =
      configuration.hasClassToken
      ? scope.parameter(
        "cls_token", shape: [1, 1, entryWidth], role: .token,
        initial: recipe.initializer.token(.classToken))
      : nil
    registers =
      configuration.registerCount > 0
      ? scope.parameter(
        "reg_token", shape: [1, configuration.registerCount, entryWidth], role: .token,
        initial: recipe.initializer.token(.register))
      : nil
    positions = configuration.positions.declare(
      "pos_embed", grid: configuration.grid, width: width, stream: configuration.entryStream,
      hasClassToken: configuration.hasClassToken,
      initializer: recipe.initializer, scope: scope)
    positionsOfGrids = PositionsOfGrids(
      own: configuration.grid, prefixCount: configuration.hasClassToken ? 1 : 0,
      rotary: configuration.positions == .rotary2D
        ? (width / configuration.headCount, configuration.rotaryBase) : nil)
    patchEmbedding = PatchEmbedding(
      grid: configuration.grid, width: width, stream: configuration.entryStream, stem: configuration.stem,
      patchNorm: configuration.patchNorm, recipe: recipe, scope: scope["patch_embed"])
    entryNorm =
      configuration.normBeforeBlocks
      ? recipe.norm(NormSite(.stream, width: width), scope: scope["norm_pre"]) : nil
    var shape = TransformerBlock.Shape(
      width: stream.streamWidth(width), headCount: configuration.headCount,
      hiddenWidth: configuration.hiddenWidth,
      depth: configuration.depth, layerScale: configuration.layerScale, dropPath: configuration.dropPath)
    shape.attentionWidth = width
    let blockShape = shape
    blocks = (0..<configuration.depth).map { layer in
      TransformerBlock(blockShape, layer: layer, recipe: recipe, scope: scope["blocks"][block: layer])
    }
    finalNorm =
      recipe.placement.hasFinalNorm
      ? recipe.norm(NormSite(.final, width: width), scope: scope["norm"].at(.exit)) : nil
  }

  /// Number of tokens that lead the sequence: class token and registers.
  public var prefixCount: Int { (configuration.hasClassToken ? 1 : 0) + configuration.registerCount }

  /// Encodes patches [B, L, P·P·C] to tokens [B, N, D] after the final norm, unless that is of the pooled vector.
  ///
  /// With `visible` [B·K], the places of the patches to encode, only those are: the encoder of a masked autoencoder.
  public func encode(_ patches: Tensor, visible: [Int32]? = nil, _ tape: Tape) -> Tensor {
    encode(patches, PatchSelection(patchIndices: visible), tape)
  }

  /// Encodes the patches that a selection names, [B, L, P·P·C] → [B, N, D] after the final norm.
  public func encode(_ patches: Tensor, _ selection: PatchSelection, _ tape: Tape) -> Tensor {
    encode(patches, selection, tape) { _, _ in }
  }

  /// As above; `afterBlock` is given the number of each block, from 1, and its tokens, for `finished`.
  func encode(
    _ patches: Tensor, _ selection: PatchSelection, _ tape: Tape, afterBlock: (Int, TokenSequence) -> Void
  ) -> Tensor {
    let normed = finished(stream(patches, selection, tape, afterBlock: afterBlock), tape)
    if finalNorm != nil && !configuration.normAfterPooling { tape.observe(.finalNorm(of: owner), normed) }
    return normed
  }

  /// One vector an image from tokens that the final norm has not seen: patches [B, L, P·P·C] → [B, D], pooled as the
  /// configuration says. For heads that norm what is pooled, as MAE's fine-tuning does (He et al., 2021).
  public func unnormedFeatures(_ patches: Tensor, _ tape: Tape) -> Tensor {
    let tokens = stream(patches, PatchSelection(), tape) { _, _ in }
    return unnormedPool(configuration.stream.whole(tokens.values, tape), by: configuration.pooling, tape)
  }

  /// What the blocks' stream is behind the last one.
  private func stream(
    _ patches: Tensor, _ selection: PatchSelection, _ tape: Tape, afterBlock: (Int, TokenSequence) -> Void
  ) -> TokenSequence {
    let grid = selection.grid ?? configuration.grid
    precondition(
      patches.shape.count == 3 && patches.shape[1] == grid.count
        && patches.shape[2] == configuration.grid.width,
      "VisionTransformer: patches \(patches.shape), wanted [B, \(grid.count), \(configuration.grid.width)]")
    let chosen = selection.patchIndices.map { tape.gather(patches, indices: $0) } ?? patches
    let embedded = patchEmbedding(chosen, tape)
    tape.observe(.patchEmbedding(of: owner), embedded)
    let shown =
      selection.hidden.map { tape.replaced(embedded, by: tape($0.token), at: $0.patches) } ?? embedded
    var tokens = TokenSequence(sequence(shown, selection, grid, tape), leadingCount: prefixCount)
    if let entryNorm { tokens = tokens.with(configuration.stream(entryNorm(tokens, tape), tape)) }
    let context = AttentionTokens(
      rotation: positionsOfGrids.rotaryTable(for: grid).map {
        Rotation($0, prefixCount: prefixCount, patchIndices: selection.patchIndices)
      }, keyCount: selection.contextCount.map { prefixCount + $0 })
    for (layer, block) in blocks.enumerated() {
      tokens = block(tokens, tape, context)
      tape.observe(.block(layer, stack: ParameterSite.encoderStack, of: owner), tokens.values)
      afterBlock(layer + 1, tokens)
    }
    return tokens
  }

  /// What the blocks' stream becomes behind the last one: whole tokens [B, N, D], after the final norm if there is one
  /// for each of them.
  func finished(_ tokens: TokenSequence, _ tape: Tape) -> Tensor {
    let whole = configuration.stream.whole(tokens.values, tape)
    guard let finalNorm, !configuration.normAfterPooling else { return whole }
    return finalNorm(tokens.with(whole), tape)
  }

  /// Class token, registers and patches [B, K, D] with their positions.
  private func sequence(
    _ patches: Tensor, _ selection: PatchSelection, _ grid: PatchGrid, _ tape: Tape
  ) -> Tensor {
    var table = positions.map { positionsOfGrids.table(tape($0), for: grid, tape) }
    var patchIndices = selection.patchIndices
    if let unplaced = selection.unplaced, let known = table {
      let (batch, kept) = (patches.shape[0], patches.shape[1])
      var indices = patchIndices ?? (0..<batch).flatMap { _ in (0..<Int32(kept)).map { $0 } }
      let count = unplaced.patches.count / batch
      // The token is one more row of the table.
      for (index, patch) in unplaced.patches.enumerated() {
        indices[index / count * kept + Int(patch)] = Int32(grid.count)
      }
      patchIndices = indices
      let rows = tape.concatenated([
        known.reshaped([known.rows, known.width]), tape(unplaced.token).reshaped([1, known.width]),
      ])
      table = rows.reshaped([1, rows.shape[0], known.width])
    }
    return tape.sequence(
      classToken: classToken.map { tape($0) }, registers: registers.map { tape($0) }, patches: patches,
      positions: table, indices: patchIndices)
  }

  /// One vector an image from tokens [B, N, D], as the configuration pools → [B, D].
  public func pooled(_ tokens: Tensor, _ tape: Tape) -> Tensor {
    pooled(tokens, by: configuration.pooling, tape)
  }

  /// One vector an image from tokens [B, N, D] → [B, D].
  func pooled(_ tokens: Tensor, by pooling: Pooling, _ tape: Tape) -> Tensor {
    let vectors = unnormedPool(tokens, by: pooling, tape)
    guard let finalNorm, configuration.normAfterPooling else { return vectors }
    return finalNorm(vectors, tape)
  }

  private func unnormedPool(_ tokens: Tensor, by pooling: Pooling, _ tape: Tape) -> Tensor {
    switch pooling {
    case .mean: tape.meanTokens(tokens, prefixCount..<tokens.shape[1])
    case .classToken: tape.meanTokens(tokens, 0..<1)
    }
  }

  /// One vector an image: patches [B, L, P·P·C] → [B, D], pooled as the configuration says.
  public func features(_ patches: Tensor, _ tape: Tape) -> Tensor { pooled(encode(patches, tape), tape) }

  /// The encoder's own parameters, in the order of their declaration: the store holds those of objectives and teachers too.
  public var ownParameters: [Parameter] {
    parameters.parameters(of: owner).filter { $0.site.stack == ParameterSite.encoderStack }
  }

  /// The weights that project the pixels of a patch: what MoCo v3 keeps as they start.
  public var patchProjection: [Parameter] { ownParameters.filter { $0.site.stage == .stem } }
}
