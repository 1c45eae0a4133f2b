import Platform
import Tensors
import VisionTransformer

/// SimCLR (Chen et al., 2020): two views of an image find each other among those of all other images.
public struct SimCLR: BatchObjective {
  /// `simCLR` in recipes.
  public static let name = "simCLR"
  /// A line for `vitrail list`.
  public static let summary = "two views of an image find each other among all views of the batch"
  /// Where it is from.
  public static let source = "Chen et al., 2020"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// τ, what similarities are divided by: 0.1 on large batches, 0.5 on small images.
    public var temperature = 0.1
    /// Linear layers of the projection head.
    public var headDepth = 2
    /// Width of its hidden layers; absent: four times the encoder's.
    public var headWidth: Int?
    /// Values of an embedding.
    public var outputs = 128
    /// Whether the hidden layers of the head have batch norms.
    public var headNorm = true
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "temperature": .temperature, "headDepth": .from(1, to: 8), "headWidth": .headWidth,
      "outputs": .headWidth,
    ]
  }

  private let encoder: VisionTransformer
  private let head: ProjectionHead
  private let temperature: Scalar

  /// Declares the projection head, `head.…`.
  public init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure) {
    self.encoder = encoder
    temperature = Scalar(options.temperature)
    let width = encoder.configuration.width
    head = ProjectionHead(
      ProjectionHead.Shape(
        inputs: width, hidden: options.headWidth ?? 4 * width, outputs: options.outputs,
        depth: options.headDepth, normsHidden: options.headNorm),
      by: encoder.recipe.initializer, scope: encoder.parameters.root["head"])
  }

  /// Two views alike.
  public static func demands(
    _ options: Options, of model: VisionTransformerConfiguration
  ) -> RecipeDemands<Options> {
    var demands = RecipeDemands(options)
    demands.views = [ViewRecipe(count: 2, augmentations: PublishedAugmentations.simCLR(model))]
    return demands
  }

  /// Two views of the encoder's size, of at least two images; at ln(2B − 1) each view guesses among all others of the batch.
  public var plan: ObjectivePlan {
    var plan = ObjectivePlan(comparingPairsOf: self, encoder.configuration.grid)
    plan.trivialLoss = { .guessing(among: 2 * $1 - 1, "views") }
    return plan
  }

  /// The pooled features of both views, [b, D] each.
  public func features(_ batch: MicroBatch, _ tape: Tape) -> [Tensor] {
    batch.views.map { encoder.features($0.patches, tape) }
  }

  /// NT-Xent: the mean over both views of all samples.
  public func loss(
    features: [Tensor], targets: [Tensor], _ identity: SampleIdentity, _ tape: Tape
  ) -> Tensor {
    let count = identity.indices.count
    // Both views go through the head together: its batch norms see them as one batch.
    let embeddings = tape.unitRows(head(tape.concatenated(features), tape))
    let (first, start) = tape.gatheringBatch(tape.rows(embeddings, 0..<count))
    let (second, _) = tape.gatheringBatch(tape.rows(embeddings, count..<2 * count))
    let total = first.shape[0]
    let own = (0..<count).map { start + $0 }
    return tape.contrastiveLoss(
      embeddings, tape.concatenated([first, second]), positives: own.map { total + $0 } + own,
      excluded: own + own.map { total + $0 }, temperature: temperature)
  }
}
