import Datasets
import Optimization
import Platform
import Tensors
import VisionTransformer

/// A recipe with every choice made: what `recipe.yaml` of a run holds, so that the run can be repeated from it.
public struct ResolvedRecipe: Sendable {
  /// The recipe: lanes and passes counted, normalisation and views written out, classes named, epochs and warm-up set.
  public let recipe: Recipe
  /// Lanes of a step.
  public let lanes: Int
  /// Passes that each lane splits its share of a batch into.
  public let passes: Int
  /// Optimiser steps that are one pass over the images.
  public let stepsPerEpoch: Int
  /// Optimiser steps of the whole run; `unmeasuredSteps` where `train.minutes` are still to be measured.
  public let totalSteps: Int
  /// Passes over the images of the whole run.
  let epochs: Double
  /// The images that are trained on: of objectives with classes, those that have one, labels by the places of their
  /// classes in the loss.
  let source: any ImageSource

  /// The steps of a run whose `train.minutes` are not measured yet: `TrainingPlan.measuredRecipe(at:)` says how many they
  /// become.
  static let unmeasuredSteps = 1 << 40
  /// Passes over the images where nothing says how many.
  private static let standardEpochs = 100.0
  /// A tenth of a run is warm-up, but not more than these epochs.
  private static let longestWarmup = 40.0

  /// Makes the choices that a recipe leaves open.
  ///
  /// - Parameter onMeasuring: told how many images of how many are measured, where mean or standard deviation are left
  ///   open.
  /// - Throws: `Failure` when the recipe's parts do not fit together or to the images.
  public init(
    _ given: Recipe, source: any ImageSource, variants: RunVariants,
    onMeasuring: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(Failure) {
    var recipe = given
    let demands = try variants.objectives.select(given.objective, at: "objective").demands(of: given.model)
    guard !demands.needsInitialWeights || given.train.initialWeights != nil else {
      throw Failure(
        "a distillation whose teacher is the encoder that training starts from, and no weights to start from",
        at: "objective.distillation",
        mend: "give --from-weights PATH, or the weights of another teacher as objective.distillation.teacher")
    }
    recipe.data = try given.data.resolved(
      for: given.model, source: source, seed: given.train.seed, onMeasuring: onMeasuring)
    lanes = recipe.train.lanes.resolved(MachineCapacity.coreCount)
    recipe.train.lanes = .count(lanes)
    // What a model has to say about the choices; nothing is drawn for it.
    let store = ParameterStore(seed: recipe.train.seed)
    store.drawsInitialValues = false
    let encoder = try VisionTransformer(
      recipe.model, parameters: store, variants: variants.model)
    let task = try demands.selectionForImages(source)
    recipe.objective = task.choice
    recipe.data.views = recipe.data.views ?? demands.views
    let pipelines = try located("data") { () throws(Failure) in try recipe.data.pipelines(for: recipe.model) }
    let objective = try task.make(encoder)
    let objectivePlan = objective.plan
    self.source =
      try objectivePlan.classNames.map { (names) throws(Failure) -> any ImageSource in
        try ClassifiedImages(source, classNames: names)
      } ?? source
    let grids = pipelines.map { recipe.model.grid(height: $0.height, width: $0.width) }
    try objectivePlan.checkViews(grids, "data.views")
    try objectivePlan.checkBatchSize(recipe.train.batchSize, "train.batchSize")
    passes = recipe.train.accumulation.resolved(
      AutomaticPasses.count(
        batch: recipe.train.batchSize, lanes: lanes, of: objective, views: grids, encoder))
    guard passes == 1 || !encoder.recipe.usesBatchStatistics else {
      throw Failure(
        "\(passes) passes a step with a norm that goes by the statistics of the whole batch",
        at: "train.accumulation", mend: "leave accumulation: auto, or set it to 1")
    }
    recipe.train.accumulation = .count(passes)
    stepsPerEpoch = EpochSampler.stepsPerEpoch(count: self.source.count, batchSize: recipe.train.batchSize)
    let steps = recipe.train.isUnmeasured ? Self.unmeasuredSteps : recipe.train.steps
    if steps == nil { recipe.train.epochs = recipe.train.epochs ?? Self.standardEpochs }
    epochs = recipe.train.epochs ?? Double(steps ?? 1) / Double(stepsPerEpoch)
    totalSteps = steps ?? max(1, Int((epochs * Double(stepsPerEpoch)).rounded(.up)))
    if !recipe.train.isUnmeasured {
      recipe.train.warmupEpochs = recipe.train.warmupEpochs ?? min(Self.longestWarmup, epochs / 10)
    }
    self.recipe = recipe
  }

  /// The learning rate as a function of the fractional epoch.
  var schedule: WarmupCosine {
    WarmupCosine(
      peak: recipe.train.learningRatePerBatch256 * Double(recipe.train.batchSize) / 256,
      minimum: recipe.train.minimumLearningRate, warmupEpochs: recipe.train.warmupEpochs ?? 0, epochs: epochs)
  }

  /// Steps in which the learning rate rises.
  var warmupSteps: Int {
    Int(((recipe.train.warmupEpochs ?? 0) * Double(stepsPerEpoch)).rounded(.up))
  }
}
