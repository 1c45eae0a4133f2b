import Platform
import Tensors
import VisionTransformer

/// MP3 (Zhai et al., 2022): an encoder without positions says of each patch where it is.
///
/// All L patches ask in every block, but only a random context answers, beside class token and registers. The context's
/// tokens change from block to block like all others. The encoder's final norm stands before the head, so the head is a
/// linear layer alone. Its weights start at a deviation of 0.1/√D: before training all places are nearly as likely and the
/// loss is nearly ln L. For fine-tuning `--from-weights` adds positions afresh.
public struct PositionPrediction: MaskedObjective, DistillableObjective {
  /// `positionPrediction` in recipes.
  public static let name = "positionPrediction"
  /// Other names for it.
  public static let aliases = ["mp3"]
  /// A line for `vitrail list`.
  public static let summary = "an encoder without positions says of each patch where it is"
  /// Where it is from.
  public static let source = "Zhai et al., 2022"

  /// Which patches the loss is a mean over; the paper does not say.
  public enum Averages: String, Codable, Sendable, CaseIterable {
    /// All, those of the context among them.
    case all
    /// Those that only look on.
    case nonContext
  }

  /// What a recipe may set.
  public struct Options: DefaultedOptions, DistillableOptions {
    /// η, the share of patches that are no keys and values: 0.75, or 0.5 for small images.
    public var contextMaskRatio = 0.75
    /// Whose predictions count: all or nonContext.
    public var averages = Averages.all
    /// A frozen teacher that the encoder is kept near to; absent: none.
    public var distillation: Distillation?
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["contextMaskRatio": .share]
  }

  /// No positions.
  public static func demands(
    _ options: Options, of model: VisionTransformerConfiguration
  ) -> RecipeDemands<Options> {
    var demands = RecipeDemands(options)
    demands.positions = [.none]
    return demands
  }

  private let encoder: VisionTransformer
  private let head: Linear
  private let options: Options
  private let contextCount: Int

  /// Declares the linear layer, `head.…`: D → L.
  ///
  /// - Throws: `Failure` when the encoder knows positions, or the ratio leaves no context or nothing beside it.
  public init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure) {
    let configuration = encoder.configuration
    guard configuration.positions == .none else {
      throw Failure(
        "an encoder with \(configuration.positions.rawValue) positions has nothing to predict",
        at: place, mend: "set model.positions: none")
    }
    let patchCount = configuration.grid.count
    contextCount = try requireMask(options.contextMaskRatio, of: patchCount, "contextMaskRatio", at: place)
    self.encoder = encoder
    self.options = options
    head = Linear(
      inputs: configuration.width, outputs: patchCount,
      initial: .normal(standardDeviation: 0.1 / Double(configuration.width).squareRoot()),
      scope: encoder.parameters.root["head"])
  }

  /// The contexts that training draws for these samples: the visible patches.
  public func mask(for identity: SampleIdentity) -> PatchMask {
    PatchMask(for: identity, patchCount: encoder.configuration.grid.count, keep: contextCount)
  }

  /// The cross-entropy of places under a given context.
  public func loss(_ patches: Tensor, _ mask: PatchMask, _ tape: Tape) -> Tensor {
    let (logits, positions) = logits(patches, mask, tape)
    let loss = tape.softmaxCrossEntropy(logits, labels: positions.map { Int($0) })
    tape.observe(.loss, loss)
    return loss
  }

  /// Scores of all places [B, M, L] for the M patches that count, and the places of these patches [B·M].
  public func logits(
    _ patches: Tensor, _ mask: PatchMask, _ tape: Tape
  ) -> (values: Tensor, positions: [Int32]) {
    let batch = patches.shape[0]
    let all = mask.patchIndices(of: batch)
    var selection = PatchSelection(patchIndices: all)
    selection.contextCount = contextCount
    let tokens = encoder.encode(patches, selection, tape)
    let counted =
      switch options.averages {
      case .all: 0..<patches.shape[1]
      case .nonContext: contextCount..<patches.shape[1]
      }
    let rows = (0..<batch).flatMap { _ in counted.map { Int32(encoder.prefixCount + $0) } }
    let logits = head(tape.gather(tokens, indices: rows), tape)
    tape.observe(.head, logits)
    return (logits, counted.lowerBound == 0 ? all : mask.masked)
  }

  /// At ln L each patch guesses among all places.
  public var plan: ObjectivePlan {
    var plan = ObjectivePlan(of: Self.self)
    plan.trivialLoss = { [count = encoder.configuration.grid.count] _, _ in .guessing(among: count, "places")
    }
    return plan
  }
}
