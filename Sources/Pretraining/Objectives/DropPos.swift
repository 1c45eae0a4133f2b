import Platform
import Tensors
import VisionTransformer

/// DropPos (Wang et al., 2023): of the patches that are visible most lose their positions, which a decoder without any
/// tells.
///
/// Class token and registers go through the decoder too. A head D' → L names the place of each token that lost its own;
/// the cross-entropy is against a Gaussian around the true place (`PositionTargets`), each token counted by how much the
/// encoder's summary of the image resembles it (`TokenAffinity`). With a reconstruction weight r the loss is that plus
/// r times MAE's on the same encoding, which for an optimiser that ignores scale is the published w·position + MAE
/// with w = 1/r.
public struct DropPos: MaskedObjective, DistillableObjective {
  /// `dropPos` in recipes.
  public static let name = "dropPos"
  /// A line for `vitrail list`.
  public static let summary = "mask most patches, drop most positions of the others, say where they were"
  /// Where it is from.
  public static let source = "Wang et al., 2023"

  /// What a recipe may set.
  public struct Options: DefaultedOptions, DistillableOptions {
    /// Share of patches that are masked.
    public var maskRatio = 0.75
    /// Share of the visible patches whose positions are dropped.
    public var positionMaskRatio = 0.75
    /// Width of the decoder, published 512; its defaults serve small encoders.
    public var decoderWidth = 128
    /// Number of blocks of the decoder.
    public var decoderDepth = 2
    /// Number of attention heads of the decoder.
    public var decoderHeads = 4
    /// σ of the targets in patches at the start; it falls linearly to 0 over the training.
    public var smoothing = 1.0
    /// What similarities are divided by before tokens are weighted by their softmax; large: all alike.
    public var weightTemperature = 0.1
    /// Weight of MAE's loss; 0 for none.
    public var reconstructionWeight = 0.0
    /// Number of blocks of MAE's decoder, whose width and heads are those of the other.
    public var reconstructionDepth = 4
    /// A frozen teacher that the encoder is kept near to; absent: none.
    public var distillation: Distillation?
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "maskRatio": .share, "positionMaskRatio": .share, "decoderWidth": .from(1, to: 16384),
      "decoderDepth": .from(0, to: 1024), "decoderHeads": .from(1, to: 16384),
      "smoothing": .from(0, to: 1000), "weightTemperature": .temperature,
      "reconstructionWeight": .from(0, to: 1e6), "reconstructionDepth": .from(0, to: 1024),
    ]
  }

  private let encoder: VisionTransformer
  private let token: Parameter
  private let embedding: Linear
  private let layers: DecoderLayers
  private let reconstruction: MaskedDecoder?
  private let options: Options
  private let keep, placed: Int

  /// Declares the token that stands in for positions, `position_token`, the decoder, `position_….…`, and MAE's if it is
  /// wanted.
  ///
  /// - Throws: `Failure` when the encoder has no table of positions, or for a ratio or decoder that does not fit.
  public init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure) {
    let configuration = encoder.configuration
    guard configuration.positions.hasTable else {
      throw Failure(
        "an encoder with \(configuration.positions.rawValue) positions has no table to drop them from",
        at: place, mend: "set model.positions: sinCos2D, or learned")
    }
    let patchCount = configuration.grid.count
    keep = try requireMask(options.maskRatio, of: patchCount, "maskRatio", at: place)
    placed =
      (0...1).contains(options.positionMaskRatio)
      ? PatchMask.keep(patchCount: keep, ratio: options.positionMaskRatio) : keep
    guard placed < keep else {
      throw Failure(
        "positionMaskRatio \(options.positionMaskRatio) of \(keep) visible patches drops no position",
        at: "\(place).positionMaskRatio",
        mend: "choose a ratio above 0 and up to 1 that drops at least one; 0.75 is usual")
    }
    var shape = DecoderLayers.Shape(
      width: options.decoderWidth, depth: options.decoderDepth, headCount: options.decoderHeads)
    try shape.validate(at: place)
    self.encoder = encoder
    self.options = options
    token = encoder.parameters.root.parameter(
      "position_token", shape: [1, 1, configuration.entryStream.streamWidth(configuration.width)],
      role: .token,
      initial: encoder.recipe.initializer.token(.maskToken))
    embedding = DecoderLayers.embedding(of: encoder, named: "position", width: shape.width)
    layers = DecoderLayers(shape, named: "position", outputs: patchCount, follows: encoder)
    shape.depth = options.reconstructionDepth
    reconstruction =
      try options.reconstructionWeight > 0
      ? MaskedDecoder(encoder: encoder, shape: shape, at: place) : nil
  }

  /// The mask that training draws for these samples; the first visible patches keep their positions, as their order is
  /// random.
  public func mask(for identity: SampleIdentity) -> PatchMask {
    PatchMask(for: identity, patchCount: encoder.configuration.grid.count, keep: keep)
  }

  /// The loss under a given mask, at the training's progress that the tape knows.
  public func loss(_ patches: Tensor, _ mask: PatchMask, _ tape: Tape) -> Tensor {
    let batch = patches.shape[0]
    let dropped = (0..<batch).flatMap { _ in (placed..<keep).map { Int32($0) } }
    var selection = PatchSelection(patchIndices: mask.visible)
    selection.unplaced = .init(by: token, of: dropped)
    let latent = encoder.encode(patches, selection, tape)

    let prefix = encoder.prefixCount
    let rows = dropped.map { $0 + Int32(prefix) }
    let logits = layers(embedding(latent, tape), leadingTokens: prefix, predicted: rows, tape)
    let positions = (0..<batch).flatMap { mask.visible[$0 * keep + placed..<($0 + 1) * keep] }
    let targets = PositionTargets(
      encoder.configuration.grid, deviation: options.smoothing * (1 - tape.context.progress.fraction))
    let weights = TokenAffinity(
      prefixCount: prefix, hasClassToken: encoder.configuration.hasClassToken,
      temperature: options.weightTemperature)
    var loss = tape.softCrossEntropy(
      logits, targets: Tensor(shape: logits.shape, values: targets(of: positions)),
      weights: weights(latent, of: placed..<keep))
    if let reconstruction {
      let prediction = reconstruction(latent, visible: mask.visible, predicted: mask.masked, tape)
      let target = normalizedPatches(tape.gather(patches, indices: mask.masked), pool: tape.pool)
      let error = tape.meanSquaredError(prediction, target: target)
      tape.observe(.reconstructionLoss, error)
      loss = tape.scaledResidual(
        loss, error, layerScale: nil, branchScale: Scalar(options.reconstructionWeight))
    }
    tape.observe(.loss, loss)
    return loss
  }

  /// At ln L each patch guesses among all places; with a reconstruction beside it no single answer is trivial.
  public var plan: ObjectivePlan {
    var plan = ObjectivePlan(of: Self.self)
    if reconstruction == nil {
      plan.trivialLoss = { [count = encoder.configuration.grid.count] _, _ in
        .guessing(among: count, "places")
      }
    }
    return plan
  }
}
