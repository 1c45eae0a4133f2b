import Datasets
import Imaging
import Optimization
import Platform
import Tensors
import VisionTransformer

/// All that a training is made of, built once from a recipe: encoder, objective, optimiser, schedule, loader and step.
///
/// Fine-tuning is a plan like any other, whose objective has classes.
public final class TrainingPlan {
  /// The recipe with every choice made.
  public let resolved: ResolvedRecipe
  /// The encoder.
  public let encoder: VisionTransformer
  /// The task.
  public let objective: any Objective
  /// What there is to know of the task beside its loss.
  public let objectivePlan: ObjectivePlan
  /// How images become input.
  public let preprocessing: Preprocessing

  let variants: RunVariants
  let sampler: EpochSampler
  let pipelines: [AugmentationPipeline]
  let schedule: WarmupCosine
  let state: TrainingState
  let step: TrainingStep
  private var hasInitialWeights = false

  /// Builds a plan from a recipe.
  ///
  /// - Parameters:
  ///   - variants: what the recipe may name.
  ///   - goesOn: whether a checkpoint will give the weights, so that `train.initialWeights` is not read.
  ///   - group: carries what the participants of a step exchange.
  ///   - onMeasuring: told how many images of how many are measured, where the recipe leaves mean or standard deviation
  ///     to the run.
  /// - Throws: `Failure` when the recipe's parts do not fit together or to the images.
  public convenience init(
    recipe: Recipe, source: any ImageSource, variants: RunVariants = RunVariants(), goesOn: Bool = false,
    group: any CollectiveGroup = SharedMemoryGroup(),
    onMeasuring: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(Failure) {
    try self.init(
      ResolvedRecipe(recipe, source: source, variants: variants, onMeasuring: onMeasuring),
      variants: variants, goesOn: goesOn, group: group)
  }

  /// Builds a plan from a resolved recipe.
  public init(
    _ resolved: ResolvedRecipe, variants: RunVariants = RunVariants(), goesOn: Bool = false,
    group: any CollectiveGroup = SharedMemoryGroup()
  ) throws(Failure) {
    let recipe = resolved.recipe
    let train = recipe.train
    let configuration = recipe.model
    let store = ParameterStore(seed: train.seed)
    encoder = try VisionTransformer(configuration, parameters: store, variants: variants.model)
    objective = try variants.objectives.select(recipe.objective, at: "objective").make(encoder)
    objectivePlan = objective.plan
    pipelines = try located("data") { () throws(Failure) in try recipe.data.pipelines(for: recipe.model) }
    preprocessing = recipe.data.preprocessing(for: recipe.model)
    sampler = EpochSampler(
      seed: train.seed,
      order: resolved.source.order.buffered(recipe.data.shuffleBuffer ?? SampleOrder.defaultBuffer),
      count: resolved.source.count, batchSize: train.batchSize)
    train.trainable.freeze(encoder)
    let trainable = store.parameters.filter(\.isTrainable)
    let optimizer = try variants.optimizers.select(recipe.optimizer, at: "optimizer").make(trainable)
    state = TrainingState(
      store: store, objectivePlan: objectivePlan, optimizer: optimizer, trainable: trainable,
      averageMomentum: train.averageMomentum)
    step = TrainingStep(
      objective: objective, optimizer: optimizer, parameters: trainable,
      rules: trainable.map { parameter in
        ParameterRule(
          of: parameter, depth: configuration.depth, layerDecay: train.layerDecay,
          decaysTokens: train.decaysTokens)
      }, team: LaneTeam(count: resolved.lanes),
      passes: resolved.passes, recompute: train.recompute, clipping: train.clipping,
      average: state.average, totalSteps: resolved.totalSteps, stepsPerEpoch: resolved.stepsPerEpoch,
      group: group)
    schedule = resolved.schedule
    self.resolved = resolved
    self.variants = variants
    if !goesOn { try loadInitialWeights() }
  }

  /// The recipe with every choice made, as it is written down.
  public var recipe: Recipe { resolved.recipe }
  /// Optimiser steps of the whole run.
  public var totalSteps: Int { resolved.totalSteps }
  /// Optimiser steps that are one pass over the images.
  public var stepsPerEpoch: Int { resolved.stepsPerEpoch }
  /// The images that are trained on.
  var source: any ImageSource { resolved.source }

  /// Reads `train.initialWeights`, and those of a teacher that has its own, unless that is done.
  ///
  /// - Throws: `Failure` when a file does not fit the model.
  func loadInitialWeights() throws(Failure) {
    guard !hasInitialWeights else { return }
    if let path = recipe.train.initialWeights {
      try InitialWeights(path: path, for: recipe.model).load(
        into: encoder, objective: recipe.objective, classNames: objectivePlan.classNames)
      objectivePlan.teacher?.restart()
      state.average?.restart(from: state.trainable)
    }
    if let teacher = objectivePlan.teacher?.weights {
      try InitialWeights(teacher: teacher.path, for: recipe.model).load(intoTeacher: teacher.encoder)
    }
    hasInitialWeights = true
  }

  /// Lets an initialiser that goes by the images see the first batch.
  func calibrate(on batch: any StepSamples) {
    guard recipe.train.initialWeights == nil,
      let initializer = encoder.recipe.initializer as? any DataDrivenInitializer
    else { return }
    step.calibrate(encoder.parameters, by: initializer, on: batch)
  }

  /// The batches of some steps, decoded ahead.
  func makeLoader(steps: Range<Int>, badImages: BadImages) throws(Failure) -> TrainingLoader {
    TrainingLoader(
      source: try recipe.data.cached(source, for: recipe.model), sampler: sampler, pipelines: pipelines,
      patchSize: recipe.model.patchSize, steps: steps, totalSteps: totalSteps, badImages: badImages,
      options: recipe.data.loading)
  }

  /// How far the training is before a step that counts from 1.
  func progress(before step: Int) -> TrainingProgress {
    TrainingProgress(step: step - 1, totalSteps: totalSteps, stepsPerEpoch: stepsPerEpoch)
  }

  /// Passes over the images that so many steps are.
  func epochs(_ steps: Int) -> Double { Double(steps) / Double(stepsPerEpoch) }
}
