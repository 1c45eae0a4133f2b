import Datasets
import Platform
import Tensors
import VisionTransformer

/// Supervised classification: what fine-tunes an encoder, or trains one from scratch (He et al., 2021).
///
/// The cross-entropy of smoothed labels, of batches that are mixed by mixup or cutmix (see `BatchMixing`, `MixedSamples`).
/// Where no parameter of the encoder is trained it runs as in use: without drop path, its statistics as they are.
public struct Classification: Objective {
  /// `classification` in recipes.
  public static let name = "classification"
  /// Other names for it.
  public static let aliases = ["supervised"]
  /// A line for `vitrail list`.
  public static let summary = "supervised: the class of each image, for vitrail finetune or from scratch"
  /// Where it is from.
  public static let source = "Dosovitskiy et al., 2020; fine-tuning of He et al., 2021"

  private let encoder: VisionTransformer
  private let encoderParameters: [Parameter]
  private let head: ClassificationHead
  private let chances: BatchMixing.Chances
  private let targets: ClassTargets
  private let names: [String]

  /// Declares `fc_norm.…` and `head.…`.
  ///
  /// - Throws: `Failure` when the classes are not known: a run takes them from its images.
  public init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure) {
    guard let names = options.classes else {
      throw Failure(
        "a classification of unknown classes", at: "\(place).classes",
        mend: "train on labelled images, whose classes the run takes, or list their names")
    }
    self.encoder = encoder
    self.names = names
    encoderParameters = encoder.ownParameters
    head = ClassificationHead(
      norm: options.norm, inputs: encoder.configuration.width, classCount: names.count,
      standardDeviation: options.headDeviation, scope: encoder.parameters.root)
    chances = BatchMixing.Chances(
      mixup: options.mixup, cutmix: options.cutmix, switchProbability: options.mixupSwitchProbability,
      probability: options.mixupProbability)
    targets = ClassTargets(classCount: names.count, smoothing: options.labelSmoothing)
  }

  /// The classes of the images, unless they are listed; images that have no class or several, or are all of one, are
  /// refused.
  public static func demands(
    _ options: Options, of model: VisionTransformerConfiguration
  ) -> RecipeDemands<Options> {
    var demands = RecipeDemands(options)
    guard options.classes == nil else { return demands }
    demands.optionsForImages = { source throws(Failure) in
      var options = options
      options.classes = try ClassifiedImages.classNames(of: source)
      return options
    }
    return demands
  }

  /// One view of the encoder's size; batches are mixed, and ln K is guessing among the classes.
  public var plan: ObjectivePlan {
    var plan = ObjectivePlan(of: Self.self)
    plan.classNames = names
    plan.checkViews = { [grid = encoder.configuration.grid] views, place throws(Failure) in
      guard views == [grid] else {
        throw Failure(
          "\(views.count) views of each image, where classification takes one of the model's size", at: place,
          mend: "leave out data.views")
      }
    }
    plan.prepared = { mixed($0, $1) }
    plan.trivialLoss = { _, _ in .guessing(among: names.count, "classes") }
    return plan
  }

  /// The batch of a step mixed by one draw, which belongs to the seed and the step.
  private func mixed(_ batch: any StepSamples, _ progress: TrainingProgress) -> any StepSamples {
    let grid = encoder.configuration.grid
    var random = RandomStream(seed: batch.identity.seed, purpose: .mixing, sample: progress.step)
    guard
      let mixing = BatchMixing(
        chances, height: grid.imageHeight, width: grid.imageWidth, using: &random)
    else { return batch }
    return MixedSamples(batch, mixing, grid: grid, targets: targets)
  }

  /// The mean cross-entropy of the batch's targets, or else of its smoothed labels.
  public func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor {
    let logits = logits(batch.patches, tape)
    tape.observe(.head, logits)
    let wanted = batch.targets ?? targets.rows(batch.labels, pool: tape.pool)
    let loss = tape.softCrossEntropy(logits, targets: wanted)
    tape.observe(.loss, loss)
    return loss
  }

  /// Unnormalised log-probabilities of the classes: patches [B, L, P·P·C] → [B, K].
  public func logits(_ patches: Tensor, _ tape: Tape) -> Tensor {
    guard tape.context.mode == .training, !encoderParameters.contains(where: \.isTrainable) else {
      return head(patches, of: encoder, tape, tape)
    }
    let frozen = Tape(
      PassContext(.evaluating, progress: tape.context.progress), observer: tape.observer, pool: tape.pool)
    return head(patches, of: encoder, frozen, tape)
  }
}
