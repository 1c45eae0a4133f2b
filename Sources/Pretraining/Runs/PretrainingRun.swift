import Datasets
import Foundation
import Imaging
import Logging
import Platform
import Tensors
import VisionTransformer

/// A pretraining run in its folder: from a recipe and a source of images to checkpoints and an encoder.
public final class PretrainingRun {
  /// How a call of `run` ended.
  public enum Ending: Sendable, Equatable {
    /// All steps are done.
    case finished
    /// All steps were done before: there was nothing left to do.
    case finishedBefore
    /// It was asked to stop; the checkpoint of that step is on disk.
    case interrupted(step: Int)
  }

  /// How far the run is; given after every step.
  public struct Progress: Sendable {
    /// The step, from 1, and the number of all steps.
    public let step, totalSteps: Int
    /// Fractional epoch.
    public let epoch: Double
    /// Loss, smoothed over the last steps.
    public let loss: Double
    /// Over the last steps.
    public let imagesPerSecond: Double
    /// Share of the time over the last steps spent waiting for data.
    public let dataWait: Double
    /// Seconds left at the present rate.
    public let secondsLeft: Double
    /// Files skipped so far.
    public let badImages: Int
    /// The newest look at the features; nil before the first of a session.
    public let features: FeatureHealth?
    /// The step of that look.
    public let featuresStep: Int
  }

  /// The recipe with every choice made: lanes counted, epochs and warm-up set, normalisation written out.
  public let recipe: Recipe
  /// Where the run is.
  public let folder: RunFolder
  /// The encoder.
  public let encoder: VisionTransformer
  /// The task.
  public let objective: any Objective
  /// How images become input.
  public let preprocessing: Preprocessing
  /// Optimiser steps of the whole run; `unmeasuredSteps` where these are still to be measured.
  public let totalSteps: Int
  /// Optimiser steps that are one pass over the images.
  public var stepsPerEpoch: Int { sampler.stepsPerEpoch }
  /// Called after each checkpoint with its step.
  public var onCheckpoint: ((Int) -> Void)?
  /// Scores the encoder for `train.monitor`, which wants it.
  public var scoring: EncoderScoring?
  /// Told what is worth knowing about a run that goes on; without it the logger is.
  public var onNote: ((String) -> Void)?
  /// Told each warning once; without it the logger is.
  public var onWarning: ((HealthWarning) -> Void)?

  let source: any ImageSource
  private let variants: RunVariants
  let sampler: EpochSampler
  let pipelines: [AugmentationPipeline]
  let step: TrainingStep
  private let schedule: WarmupCosine
  let checkpoint: Checkpoint
  private let logger = Logger(label: "vitrail.pretraining")

  /// Builds model, objective and optimiser from a recipe.
  ///
  /// - Parameters:
  ///   - variants: what the recipe may name.
  ///   - provenance: what the folder and its weights tell of who trained.
  ///   - onMeasuring: told how many images of how many are measured, where the recipe leaves mean or standard
  ///     deviation to the run.
  /// - Throws: `Failure` when the recipe's parts do not fit together or the source holds no image.
  public init(
    recipe given: Recipe, source: any ImageSource, folder: RunFolder, variants: RunVariants = RunVariants(),
    provenance: Provenance = Provenance(),
    onMeasuring: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(Failure) {
    var recipe = given
    recipe.data = try given.data.resolved(
      for: given.model, source: source, seed: given.train.seed, onMeasuring: onMeasuring)
    let laneCount = recipe.train.lanes.resolved(LaneTeam.coreCount)
    recipe.train.lanes = .count(laneCount)
    let configuration = recipe.model.configuration(at: "model")
    let store = ParameterStore(seed: recipe.train.seed)
    encoder = try VisionTransformer(configuration, parameters: store, variants: variants.model)
    recipe.objective = try Objectives.resolved(
      recipe.objective, for: source, among: variants.objectives, at: "objective")
    if recipe.data.views == nil {
      recipe.data.views = try Objectives.publishedViews(
        recipe.objective, recipe.model, among: variants.objectives, at: "objective")
    }
    pipelines = try recipe.data.pipelines(for: recipe.model, at: "data")
    let encoderParameterCount = store.parameters.count
    objective = try Objectives.make(
      recipe.objective, encoder: encoder, among: variants.objectives, at: "objective")
    // Labels become places among the classes of the loss, and images without one are left out.
    let source =
      try objective.classNames.map { (names) throws(Failure) -> any ImageSource in
        try ClassifiedImages(source, classNames: names)
      } ?? source
    self.source = source
    let grids = pipelines.map { recipe.model.grid(height: $0.height, width: $0.width) }
    try objective.check(views: grids, at: "data.views")
    try objective.check(batchSize: recipe.train.batchSize, at: "train.batchSize")
    let passes = recipe.train.accumulation.resolved(
      AutomaticPasses.count(
        batch: recipe.train.batchSize, lanes: laneCount, of: objective, views: grids, encoder))
    guard passes == 1 || !encoder.recipe.usesBatchStatistics else {
      throw Failure(
        "\(passes) passes a step with a norm that goes by the statistics of the whole batch",
        at: "train.accumulation", mend: "leave accumulation: auto, or set it to 1")
    }
    recipe.train.accumulation = .count(passes)
    let preprocessing = recipe.data.preprocessing(for: recipe.model)
    sampler = EpochSampler(
      seed: recipe.train.seed,
      order: source.order.buffered(recipe.data.shuffleBuffer ?? SampleOrder.defaultBuffer),
      count: source.count, batchSize: recipe.train.batchSize)
    let stepsPerEpoch = Double(sampler.stepsPerEpoch)
    let steps = recipe.train.isUnmeasured ? Self.unmeasuredSteps : recipe.train.steps
    if steps == nil { recipe.train.epochs = recipe.train.epochs ?? 100 }
    let epochs = recipe.train.epochs ?? Double(steps ?? 1) / stepsPerEpoch
    totalSteps = steps ?? max(1, Int((epochs * stepsPerEpoch).rounded(.up)))
    if !recipe.train.isUnmeasured {
      recipe.train.warmupEpochs = recipe.train.warmupEpochs ?? min(40, epochs / 10)
    }
    self.recipe = recipe
    self.variants = variants
    self.folder = folder
    self.preprocessing = preprocessing

    if let path = recipe.train.initialWeights, folder.newestCheckpoint == nil {
      try InitialWeights(path: path).load(
        into: encoder, encoderParameterCount: encoderParameterCount, objective: recipe.objective,
        classNames: objective.classNames)
      objective.teacher?.restart()
    }
    let encoderParameters = store.parameters.prefix(encoderParameterCount)
    recipe.train.trainable.freeze(encoderParameters, of: encoder)
    let encoderNames = Set(encoderParameters.map(\.name))
    let trainable = store.parameters.filter(\.isTrainable)
    let optimizer = try Optimizers.make(
      recipe.optimizer, parameters: trainable, among: variants.optimizers, at: "optimizer")
    let average = recipe.train.averageMomentum.map { WeightAverage(of: trainable, momentum: $0) }
    step = TrainingStep(
      objective: objective, optimizer: optimizer, parameters: trainable,
      rules: trainable.map { parameter in
        ParameterRule(
          of: parameter, isEncoders: encoderNames.contains(parameter.name), depth: configuration.depth,
          layerDecay: recipe.train.layerDecay, decaysTokens: recipe.train.decaysTokens)
      }, team: LaneTeam(count: laneCount),
      passes: passes, recompute: recipe.train.recompute, clipping: recipe.train.clipping,
      average: average, totalSteps: totalSteps, stepsPerEpoch: sampler.stepsPerEpoch)
    schedule = WarmupCosine(
      peak: recipe.train.learningRatePerBatch256 * Double(recipe.train.batchSize) / 256,
      minimum: recipe.train.minimumLearningRate, warmupEpochs: recipe.train.warmupEpochs ?? 0, epochs: epochs)
    checkpoint = Checkpoint(
      folder: folder, store: store, encoderParameterCount: encoderParameterCount, objective: objective,
      optimizer: optimizer,
      average: average, averaged: trainable, configuration: configuration, preprocessing: preprocessing,
      recipe: JSONValue.encoding(recipe), provenance: provenance)
  }

  /// The steps of a run whose `train.minutes` are not measured yet: `measuredRecipe(at:)` says how many they become.
  static let unmeasuredSteps = 1 << 40

  /// Trains to the end or until `shouldStop`, from the newest checkpoint when `resuming`.
  ///
  /// A run that goes on must have the recipe and the images that it was stopped with; what may differ is told to
  /// `onNote`.
  ///
  /// - Parameter acceptingChangedData: whether it goes on all the same with other images, or other keys about them.
  /// - Throws: `Failure` when the disk is full, too many images are bad or away, or the loss is not finite; the newest
  ///   checkpoint stays as it is, and images that fail leave one of the last step that was done.
  public func run(
    resuming: Bool, acceptingChangedData: Bool = false, shouldStop: () -> Bool = { false },
    onProgress: (Progress) -> Void = { _ in }
  ) throws(Failure) -> Ending {
    guard !recipe.train.isUnmeasured else {
      throw Failure(
        "how many steps \(recipe.train.minutes ?? 0) minutes are is not known yet", at: "train.minutes",
        mend:
          "measure them: run the recipe that PretrainingRun.measuredRecipe(at: measureRate(for: 10)) gives")
    }
    try folder.create()
    if resuming {
      for damage in try folder.setDamagedCheckpointsAside() {
        note("a checkpoint is passed over and the one before it taken: \(damage.problem) · \(damage.place)")
      }
    }
    let check = ResumeCheck(
      recipe: recipe, variants: variants, folder: folder, acceptsChangedData: acceptingChangedData, note: note
    )
    let restored = resuming ? try checkpoint.restore(check.checkRecipe) : nil
    var done = restored?.step ?? 0
    let earlierSeconds = restored?.seconds ?? 0
    if !resuming { try AtomicFile.write(Data(RecipeFile.text(recipe).utf8), to: folder.recipe) }
    if resuming { logger.debug("resuming", metadata: ["step": "\(done)", "folder": "\(folder.url.path)"]) }
    let isLookMissing = try recipe.train.monitor.map { (wanted) throws(Failure) in
      try EncoderMonitor.complete(wanted, checkpoint, restored: done, of: totalSteps)
    }
    guard done < totalSteps || isLookMissing == true else { return .finishedBefore }
    try folder.record(checkpoint.provenance, resuming: resuming)
    let listing = try restored.map { (restored) throws(Failure) in
      try check.checkImages(restored.metadata, step: done, at: source.path) { list(comparableWith: $0) }
    }
    let images = try write(listing ?? list())
    try? FileManager.default.removeItem(at: folder.divergence)
    let log = try RunLog(folder, resumingAfter: done)
    var health: HealthLog?
    let features = try FeatureLog(
      folder, resuming: resuming, interval: recipe.train.featureSteps, totalSteps: totalSteps,
      warmupSteps: Int((schedule.warmupEpochs * Double(sampler.stepsPerEpoch)).rounded(.up)),
      probe: FeatureProbe(objective: objective, encoder: encoder, trainer: step))
    let monitor = try openMonitor(log, resumingAfter: done)
    let badImages = try BadImages(in: source, file: folder.badImages, maximumShare: recipe.data.maxBad)
    let loader = try makeLoader(steps: done..<totalSteps, badImages: badImages)
    defer { loader.stop() }
    let meter = ProgressMeter(
      batchSize: recipe.train.batchSize, start: Clock.seconds, open: restored?.metadata ?? [:])
    var lastCheckpoint = Clock.seconds
    func writeCheckpoint() throws(Failure) {
      try checkpoint.write(
        step: done, seconds: earlierSeconds + meter.seconds, meter.open.merging(["images": images]) { $1 })
      lastCheckpoint = Clock.seconds
    }
    func save() throws(Failure) {
      try writeCheckpoint()
      logger.debug("checkpoint", metadata: ["step": "\(done)", "folder": "\(folder.url.path)"])
      onCheckpoint?(done)
    }
    /// Does what may fail by images that are away; the last step that was done stays then.
    func keepingSteps<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
      do throws(Failure) {
        return try body()
      } catch {
        guard done > 0, (try? writeCheckpoint()) != nil else { throw error }
        throw Failure(
          "\(error.problem); stopped after step \(done), which is kept", at: error.place,
          mend: "\(error.remedy); then go on with --resume")
      }
    }
    /// Looks at the encoder where `train.monitor` wants it; whether it is the best so far and kept.
    func consult(_ monitor: EncoderMonitor) throws(Failure) -> Bool {
      let start = Clock.seconds
      let isBest = try keepingSteps { () throws(Failure) in try monitor.look(after: done) }
      meter.leaveOut(Clock.seconds - start)
      guard isBest else { return false }
      try save()
      try checkpoint.keepBest(step: done)
      return true
    }
    if isLookMissing == true, let monitor { _ = try consult(monitor) }
    while done < totalSteps {
      if shouldStop() {
        try save()
        return .interrupted(step: done)
      }
      let next = try keepingSteps { () throws(Failure) in try loader.next(unless: shouldStop) }
      guard let batch = next else {
        if shouldStop() { continue }
        break
      }
      if done == 0 { calibrate(on: batch) }
      // Only now the blocks have the weights that training starts from.
      if health == nil { health = try openHealthLog(resumingAfter: done) }
      let epoch = Double(done) / Double(sampler.stepsPerEpoch)
      let rate = schedule.rate(at: epoch)
      let take = { [step] in step.run(batch, learningRate: rate, step: done + 1) }
      let progress = TrainingProgress(
        step: done, totalSteps: totalSteps, stepsPerEpoch: sampler.stepsPerEpoch)
      let look = features.look(at: batch, progress)
      let outcome = try health?.running(batch, progress, of: step, take) ?? take()
      guard outcome.loss.isFinite, outcome.gradientNorm.isFinite else {
        throw try divergence(batch, step: done + 1, outcome)
      }
      done += 1
      meter.record(loss: outcome.loss, waitSeconds: loader.waitSeconds)
      if done % recipe.train.logSteps == 0 || done == totalSteps || look != nil {
        let interval = meter.closeInterval()
        var line = Metrics(
          step: done, epoch: Double(done) / Double(sampler.stepsPerEpoch), loss: interval.loss,
          learningRate: rate, gradNorm: outcome.gradientNorm, imagesPerSecond: interval.imagesPerSecond,
          dataWait: interval.dataWait, seconds: earlierSeconds + meter.seconds)
        if let look { line.add(look) }
        try log.append(line)
      }
      if let look {
        let found = try features.judge(look, loss: outcome.loss, learningRate: rate, step: done)
        for warning in found { warn(warning) }
      }
      onProgress(self.progress(done, meter, badImages.count, features))
      if let monitor, monitor.isDue(after: done), try consult(monitor) { continue }
      let isDue =
        recipe.train.checkpointSteps.map { done % $0 == 0 }
        ?? (Clock.seconds - lastCheckpoint >= recipe.train.checkpointMinutes * 60)
      if isDue && done < totalSteps { try save() }
    }
    try save()
    return .finished
  }

  private func list(comparableWith older: DataListing.Summary? = nil) -> DataListing {
    DataListing(of: source, roots: recipe.data.mix?.map(\.path), comparableWith: older)
  }

  /// Writes down which images the run trains on; returns what its checkpoints tell of them.
  private func write(_ listing: DataListing) throws(Failure) -> String {
    try AtomicFile.write(Data((JSONValue.encoding(listing).text + "\n").utf8), to: folder.images)
    return JSONValue.encoding(listing.summary).text
  }

  /// Lets an initialiser that goes by the images see the first batch.
  func calibrate(on batch: any StepSamples) {
    guard recipe.train.initialWeights == nil,
      let initializer = encoder.recipe.initializer as? any DataDrivenInitializer
    else { return }
    step.calibrate(encoder.parameters, by: initializer, on: batch)
  }

  func makeLoader(steps: Range<Int>, badImages: BadImages) throws(Failure) -> TrainingLoader {
    TrainingLoader(
      source: try recipe.data.cached(source, for: recipe.model), sampler: sampler, pipelines: pipelines,
      patchSize: recipe.model.patchSize, steps: steps, totalSteps: totalSteps, badImages: badImages,
      options: recipe.data.loading)
  }

  private func openMonitor(_ log: RunLog, resumingAfter done: Int) throws(Failure) -> EncoderMonitor? {
    guard let wanted = recipe.train.monitor else { return nil }
    guard let scoring else {
      throw Failure(
        "the recipe wants evaluators to look, and this program has given none", at: "train.monitor",
        mend: "set PretrainingRun.scoring, or leave out train.monitor")
    }
    return try EncoderMonitor(
      wanted, scoring: scoring, checkpoint: checkpoint, variants: variants.model, totalSteps: totalSteps,
      resumingAfter: done, log: log)
  }

  private func note(_ text: String) {
    if let onNote { return onNote(text) }
    logger.notice("\(text)", metadata: ["folder": "\(folder.url.path)"])
  }

  private func warn(_ warning: HealthWarning) {
    if let onWarning { return onWarning(warning) }
    logger.warning("\(warning)", metadata: ["folder": "\(folder.url.path)"])
  }

  private func progress(
    _ done: Int, _ meter: ProgressMeter, _ bad: Int, _ features: FeatureLog
  ) -> Progress {
    Progress(
      step: done, totalSteps: totalSteps, epoch: Double(done) / Double(sampler.stepsPerEpoch),
      loss: meter.smoothedLoss,
      imagesPerSecond: meter.recentImagesPerSecond, dataWait: meter.recentDataWait,
      secondsLeft: Double(totalSteps - done) * meter.recentSecondsPerStep, badImages: bad,
      features: features.latest, featuresStep: features.latestStep)
  }

  private func openHealthLog(resumingAfter done: Int) throws(Failure) -> HealthLog? {
    guard let interval = recipe.train.healthSteps else { return nil }
    let stacks = BlockStack.all(in: encoder.parameters)
    let (recipe, configuration, variants) = (recipe, encoder.configuration, variants)
    let initial = try MatricesAtStart(
      of: stacks.flatMap { $0.matrices.joined() }, folder: folder, step: done,
      declare: { (store) throws(Failure) in
        let fresh = try VisionTransformer(configuration, parameters: store, variants: variants.model)
        _ = try Objectives.make(
          recipe.objective, encoder: fresh, among: variants.objectives, at: "objective")
      }, seed: recipe.train.seed)
    return try HealthLog(
      folder, resumingAfter: done, interval: interval,
      probe: HealthProbe(objective: objective, stacks: stacks, initial: initial))
  }

  private func divergence(
    _ batch: any StepSamples, step number: Int, _ outcome: TrainingStep.Outcome
  ) throws(Failure) -> Failure {
    let layer = step.firstNonFinite(in: batch)
    let found = JSONValue.encoding(Divergence(step: number, first: layer))
    try AtomicFile.write(Data((found.text + "\n").utf8), to: folder.divergence)
    let last = FileManager.default.fileExists(atPath: folder.lastCheckpoint.path)
    let clip =
      recipe.train.clipNorm.map { "train.clipNorm, which is \($0)," } ?? "set train.clipNorm: 1,"
    return Failure(
      "step \(number) is not finite (loss \(outcome.loss)); first in \(layer)", at: folder.url.path,
      mend: "lower train.learningRatePerBatch256 or \(clip) and start again"
        + (last ? "; the last good checkpoint is \(folder.lastCheckpoint.path)" : ""))
  }
}
