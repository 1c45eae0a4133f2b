import Optimization
import Platform
import Tensors
import VisionTransformer

/// MoCo v3 (Chen et al., 2021): a view's query finds the key that a slow copy of the encoder makes of the other view.
///
/// L = ctr(q₁, k₂) + ctr(q₂, k₁), ctr(q, k) = 2τ·CE(q·kᵀ/τ) over the keys of the whole batch, unit vectors. Queries go
/// through projector and predictor, keys through the momentum projector; batch norms see one view at a time, that of all
/// lanes. The momentum norms measure their own batches, so their running statistics stay as they start.
public struct MoCoV3: BatchObjective {
  /// `mocoV3` in recipes.
  public static let name = "mocoV3"
  /// Other names for it.
  public static let aliases = ["moco"]
  /// A line for `vitrail list`.
  public static let summary = "a view finds the other view's key, made by a slow copy of the encoder"
  /// Where it is from.
  public static let source = "Chen et al., 2021"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// τ, what similarities are divided by.
    public var temperature = 0.2
    /// Share of itself that the momentum encoder keeps at the first step; it goes to 1 by half a cosine.
    public var momentum = 0.99
    /// Width of the hidden layers of projector and predictor; absent: four times the encoder's, at most the published 4096.
    public var headWidth: Int?
    /// Values of an embedding.
    public var outputs = 256
    /// Whether the projection of the patches stays as it starts, weight and bias: training is steadier so.
    public var freezePatchProjection = true
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "temperature": .temperature, "momentum": .share, "headWidth": .headWidth, "outputs": .headWidth,
    ]
  }

  private static let projectorDepth = 3
  private static let predictorDepth = 2

  private let encoder, momentumEncoder: VisionTransformer
  private let projector, momentumProjector, predictor: ProjectionHead
  private let temperature: Scalar
  /// The momentum encoder and its projector.
  private let teacher: Teacher

  /// Declares `projector.…`, `predictor.…` and their slow copies below `teacher.…`.
  public init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure) {
    self.encoder = encoder
    temperature = Scalar(options.temperature)
    let (width, store) = (encoder.configuration.width, encoder.parameters)
    let initializer = encoder.recipe.initializer
    let hidden = options.headWidth ?? min(4096, 4 * width)
    let shape = ProjectionHead.Shape(
      inputs: width, hidden: hidden, outputs: options.outputs, depth: Self.projectorDepth, normsOutputs: true)
    var predictorShape = shape
    (predictorShape.inputs, predictorShape.depth) = (options.outputs, Self.predictorDepth)
    projector = ProjectionHead(shape, by: initializer, scope: store.root["projector"])
    predictor = ProjectionHead(predictorShape, by: initializer, scope: store.root["predictor"])
    (momentumEncoder, momentumProjector) = try Teacher.declaring(twinOf: encoder, at: place) {
      ProjectionHead(shape, by: initializer, scope: $0["projector"])
    }
    // Before there is a teacher: what is fixed has nobody to follow.
    if options.freezePatchProjection {
      for parameter in encoder.patchProjection { parameter.isTrainable = false }
    }
    let momentum = HalfCosine(from: options.momentum, to: 1)
    teacher = Teacher(in: store) { progress in
      // The published order moves the copy before the keys of a step: here that is after the step before.
      var next = progress
      next.step += 1
      return momentum.value(at: next.fraction)
    }
  }

  /// Two views that differ in blur and solarisation.
  public static func demands(
    _ options: Options, of model: VisionTransformerConfiguration
  ) -> RecipeDemands<Options> {
    let scale = PublishedAugmentations.isSmall(model) ? 0.2 : 0.08
    var demands = RecipeDemands(options)
    demands.views = [(blur: 1.0, solarize: 0.0), (0.1, 0.2)].map { view in
      ViewRecipe(
        augmentations: PublishedAugmentations.view(
          model, scale: scale, jitter: [0.4, 0.4, 0.2, 0.1], blur: view.blur, solarize: view.solarize))
    }
    return demands
  }

  /// Two views of the encoder's size, of at least two images; at 2·2τ·ln B each query guesses among the keys of all images.
  public var plan: ObjectivePlan {
    var plan = ObjectivePlan(comparingPairsOf: self, encoder.configuration.grid)
    plan.teacher = teacher
    plan.trivialLoss = { [temperature] in
      guard var loss = TrivialLoss.guessing(among: $1, "keys") else { return nil }
      loss.value *= 4 * Double(temperature)
      return loss
    }
    return plan
  }

  /// The momentum encoder's pooled features of both views, [b, D] each.
  public func targets(_ batch: MicroBatch, _ tape: Tape) -> [Tensor] {
    batch.views.map { momentumEncoder.features($0.patches, tape) }
  }

  /// The pooled features of both views, [b, D] each.
  public func features(_ batch: MicroBatch, _ tape: Tape) -> [Tensor] {
    batch.views.map { encoder.features($0.patches, tape) }
  }

  /// ctr(q₁, k₂) + ctr(q₂, k₁).
  public func loss(
    features: [Tensor], targets: [Tensor], _ identity: SampleIdentity, _ tape: Tape
  ) -> Tensor {
    let keys = tape.withoutRecording {
      targets.map { tape.gatheringBatch(tape.unitRows(momentumProjector($0, tape))) }
    }
    let queries = features.map { tape.unitRows(predictor(projector($0, tape), tape)) }
    func contrast(_ query: Int, _ key: Int) -> Tensor {
      tape.contrastiveLoss(
        queries[query], keys[key].rows,
        positives: identity.indices.indices.map { keys[key].first + $0 }, temperature: temperature)
    }
    let mean = tape.mixed(contrast(0, 1), contrast(1, 0), share: 0.5)
    return tape.scaled(mean, by: 4 * temperature)
  }
}
