import Platform
import Tensors
import VisionTransformer

/// MAE (He et al., 2021): encode the visible patches, decode all, and regress the pixels of the masked ones.
public struct MaskedAutoencoder: ReconstructingObjective, DistillableObjective {
  /// `mae` in recipes.
  public static let name = "mae"
  /// Other names for it.
  public static let aliases = ["maskedAutoencoder"]
  /// A line for `vitrail list`.
  public static let summary = "mask most patches, encode the rest, regress the pixels of the masked ones"
  /// Where it is from.
  public static let source = "He et al., 2021"

  /// What a recipe may set.
  public struct Options: DefaultedOptions, DistillableOptions {
    /// Share of patches that are masked.
    public var maskRatio = 0.75
    /// How masked patches lie: random, block or grid.
    public var maskShape = MaskShape.random
    /// Whether each target patch is normalised to mean 0 and variance 1.
    public var normalizePixels = true
    /// Width of the decoder; its defaults are a small decoder that serves small encoders.
    public var decoderWidth = 128
    /// Number of blocks of the decoder.
    public var decoderDepth = 4
    /// Number of attention heads of the decoder.
    public var decoderHeads = 4
    /// A frozen teacher that the encoder is kept near to; absent: none.
    public var distillation: Distillation?
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "maskRatio": .share, "decoderWidth": .from(1, to: 16384), "decoderDepth": .from(0, to: 1024),
      "decoderHeads": .from(1, to: 16384),
    ]
  }

  private let encoder: VisionTransformer
  private let decoder: MaskedDecoder
  private let options: Options
  private let keep: Int

  /// Declares the decoder.
  ///
  /// - Throws: `Failure` for a ratio that leaves no patch visible or none masked, or a decoder that does not divide.
  public init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure) {
    keep = try requireMask(
      options.maskRatio, of: encoder.configuration.grid.count, "maskRatio", at: place)
    self.encoder = encoder
    self.options = options
    decoder = try MaskedDecoder(
      encoder: encoder,
      shape: .init(
        width: options.decoderWidth, depth: options.decoderDepth, headCount: options.decoderHeads), at: place)
  }

  /// The mask that training draws for these samples.
  public func mask(for identity: SampleIdentity) -> PatchMask {
    let grid = encoder.configuration.grid
    return options.maskShape.mask(for: identity, rows: grid.rows, columns: grid.columns, keep: keep)
  }

  /// The mask of given noise [B·L]: the patches of lowest noise stay visible.
  public func mask(noise: [Float]) -> PatchMask {
    PatchMask(noise: noise, patchCount: encoder.configuration.grid.count, keep: keep)
  }

  /// Mean squared error over the masked patches; only masked patches go through the decoder's last norm and projection.
  public func loss(_ patches: Tensor, _ mask: PatchMask, _ tape: Tape) -> Tensor {
    let latent = encoder.encode(patches, visible: mask.visible, tape)
    let prediction = decoder(latent, visible: mask.visible, predicted: mask.masked, tape)
    let wanted = tape.gather(patches, indices: mask.masked)
    let target = options.normalizePixels ? normalizedPatches(wanted, pool: tape.pool) : wanted
    let loss = tape.meanSquaredError(prediction, target: target)
    tape.observe(.loss, loss)
    return loss
  }

  /// Predictions of all patches [B, L, P·P·C] under a given mask, in the units of the target.
  public func predictions(_ patches: Tensor, _ mask: PatchMask, _ tape: Tape) -> Tensor {
    let latent = encoder.encode(patches, visible: mask.visible, tape)
    return decoder(latent, visible: mask.visible, predicted: nil, tape)
  }

  /// Whether predictions are of normalised patches.
  public var normalizesPixels: Bool { options.normalizePixels }

  /// Squares.
  public static let reconstructionError = ReconstructionError.squared
}
