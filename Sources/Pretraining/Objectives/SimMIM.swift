import Platform
import Tensors
import VisionTransformer

/// SimMIM (Xie et al., 2021): units of patches hidden behind a token at the encoder's input, their pixels regressed by a
/// linear layer.
///
/// Positions stay, so the encoder reads all L tokens. The loss is the mean of |ŷ − y| over the pixels of hidden patches;
/// the published sum over (pixels + 1e-5) is the same but for that. Pixels are as the encoder reads them, normalised
/// by channel; published are further crops of 0.67 … 1 of the image, which `data.augmentations` says.
public struct SimMIM: ReconstructingObjective, DistillableObjective {
  /// `simMIM` in recipes.
  public static let name = "simMIM"
  /// A line for `vitrail list`.
  public static let summary =
    "hide units of patches at the encoder's input, regress their pixels by a linear layer"
  /// Where it is from.
  public static let source = "Xie et al., 2021"

  /// What a recipe may set.
  public struct Options: DefaultedOptions, DistillableOptions {
    /// Share of units that are hidden: ⌈ratio·units⌉ are.
    public var maskRatio = 0.6
    /// Side of a unit in patches, which divides the image; absent: the largest that leaves six units across, as
    /// the published 32 of 192 pixels do.
    public var maskUnit: Int?
    /// How hidden units lie: random, block or grid.
    public var maskShape = MaskShape.random
    /// Whether each target patch is normalised to mean 0 and variance 1.
    public var normalizePixels = false
    /// A frozen teacher that the encoder is kept near to; absent: none.
    public var distillation: Distillation?
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["maskRatio": .share, "maskUnit": .from(1, to: 65536)]
  }

  private let encoder: VisionTransformer
  private let maskToken: Parameter
  private let head: Linear
  private let options: Options
  private let unit, unitsKept: Int

  /// Declares the token, `mask_token`, and the linear layer, `head.…`: D → P·P·C, a 1 × 1 convolution and pixel shuffle.
  ///
  /// - Throws: `Failure` for units that do not divide the image, or a ratio that hides none or all.
  public init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure) {
    let configuration = encoder.configuration
    let grid = configuration.grid
    let unit = options.maskUnit ?? Self.unit(of: grid)
    guard unit > 0, grid.rows % unit == 0, grid.columns % unit == 0 else {
      throw Failure(
        "units of \(unit) × \(unit) patches do not divide \(grid.rows) × \(grid.columns)",
        at: "\(place).maskUnit", mend: "choose a divisor of both, or leave maskUnit out")
    }
    let unitCount = grid.count / (unit * unit)
    let hidden =
      (0...1).contains(options.maskRatio)
      ? Int((Double(unitCount) * options.maskRatio - 1e-9).rounded(.up)) : 0
    guard hidden > 0 && hidden < unitCount else {
      throw Failure(
        "maskRatio \(options.maskRatio) hides \(hidden) of \(unitCount) units", at: "\(place).maskRatio",
        mend:
          "choose a ratio that hides at least one and not all; 0.6 is usual, and maskUnit: 1 for few patches"
      )
    }
    self.encoder = encoder
    self.options = options
    self.unit = unit
    unitsKept = unitCount - hidden
    let (scope, initializer) = (encoder.parameters.root, encoder.recipe.initializer)
    maskToken = scope.parameter(
      "mask_token", shape: [1, 1, configuration.entryStream.streamWidth(configuration.width)], role: .token,
      initial: initializer.token(.maskToken))
    head = Linear(
      .other, inputs: configuration.width, outputs: grid.width, by: initializer, scope: scope["head"])
  }

  private static func unit(of grid: PatchGrid) -> Int {
    let largest = max(1, min(grid.rows, grid.columns) / 6)
    return (1...largest).last { grid.rows % $0 == 0 && grid.columns % $0 == 0 } ?? 1
  }

  /// The mask that training draws for these samples.
  public func mask(for identity: SampleIdentity) -> PatchMask {
    let grid = encoder.configuration.grid
    let columns = grid.columns / unit
    let units = options.maskShape.mask(
      for: identity, rows: grid.rows / unit, columns: columns, keep: unitsKept)
    return PatchMask(visible: patches(of: units.visible, columns), masked: patches(of: units.masked, columns))
  }

  /// The patches of units of a grid so many units wide.
  private func patches(of units: [Int32], _ columns: Int) -> [Int32] {
    guard unit > 1 else { return units }
    return units.flatMap { number -> [Int32] in
      let (row, column) = Int(number).quotientAndRemainder(dividingBy: columns)
      return (0..<unit * unit).map {
        Int32((row * unit + $0 / unit) * columns * unit + column * unit + $0 % unit)
      }
    }
  }

  /// Mean absolute error over the pixels of masked patches; only their tokens go through the linear layer.
  public func loss(_ patches: Tensor, _ mask: PatchMask, _ tape: Tape) -> Tensor {
    let prediction = predictions(patches, mask, of: mask.masked, tape)
    let wanted = tape.gather(patches, indices: mask.masked)
    let target = options.normalizePixels ? normalizedPatches(wanted, pool: tape.pool) : wanted
    let loss = tape.meanAbsoluteError(prediction, target: target)
    tape.observe(.loss, loss)
    return loss
  }

  /// Predictions of all patches [B, L, P·P·C] under a given mask, in the units of the target.
  public func predictions(_ patches: Tensor, _ mask: PatchMask, _ tape: Tape) -> Tensor {
    let all = (0..<patches.shape[0]).flatMap { _ in (0..<Int32(patches.shape[1])).map { $0 } }
    return predictions(patches, mask, of: all, tape)
  }

  private func predictions(_ patches: Tensor, _ mask: PatchMask, of patchIndices: [Int32], _ tape: Tape)
    -> Tensor
  {
    var selection = PatchSelection()
    selection.hidden = .init(by: maskToken, of: mask.masked)
    let tokens = encoder.encode(patches, selection, tape)
    let prefix = Int32(encoder.prefixCount)
    let predictions = head(tape.gather(tokens, indices: patchIndices.map { $0 + prefix }), tape)
    tape.observe(.head, predictions)
    return predictions
  }

  /// Whether predictions are of normalised patches.
  public var normalizesPixels: Bool { options.normalizePixels }

  /// Absolute values.
  public static let reconstructionError = ReconstructionError.absolute
}
