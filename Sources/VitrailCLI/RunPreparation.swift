import Datasets
import Foundation
import Platform
import Pretraining
import Records

/// The way from a recipe and its images to a plan that can be trained, and what is said on it.
struct RunPreparation {
  let recipe: Recipe
  let source: any ImageSource
  let folder: RunFolder
  let line: ProgressLine
  /// Asked beside the signals while steps are measured.
  var shouldStop: () -> Bool = { false }

  /// Seconds of steps that are measured for a dry run.
  private static let glanceSeconds = 5.0

  /// Says what was understood of images, model and length, and builds the plan; where its length is in minutes, it is
  /// measured and fixed. Nil when that was stopped.
  ///
  /// - Throws: `Failure` for all that can be known before the first step.
  func trainer() throws(Failure) -> Trainer? {
    let monitor = try openMonitor()
    let recipe: Recipe
    do {
      let announced = try announce()
      guard announced.plan.recipe.train.isUnmeasured else { return trainer(of: announced.plan, monitor) }
      guard let rate = try measure(announced.plan, monitor) else { return nil }
      recipe = announced.plan.measuredRecipe(at: rate)
      line.say(forecast(announced, rate).speed)
    }
    // The plan that was measured has gone, and its memory with it.
    return trainer(of: try build(recipe), monitor)
  }

  /// Says the same and measures a few steps, without a trace on disk. Nil when stopped.
  ///
  /// - Throws: `Failure` for all that can be known before the first step.
  func rehearse() throws(Failure) -> RunForecast? {
    let monitor = try openMonitor()
    let announced = try announce()
    guard let rate = try measure(announced.plan, monitor) else { return nil }
    let forecast = forecast(announced, rate)
    line.say(forecast.speed)
    return forecast
  }

  private typealias Announced = (
    data: DataRecord, plan: TrainingPlan, memory: MemoryEstimate, advice: [String]
  )

  /// Sets that a monitor scores on are opened before anything that takes long.
  private func openMonitor() throws(Failure) -> MonitorScoring? {
    guard let monitor = recipe.train.monitor else { return nil }
    let scoring = try MonitorScoring(monitor, recipe)
    for note in scoring.notes { line.say("monitor: \(note)") }
    return scoring
  }

  private func build(_ recipe: Recipe) throws(Failure) -> TrainingPlan {
    try TrainingPlan(recipe: recipe, source: source, goesOn: folder.newestCheckpoint != nil) {
      line.show("mean and standard deviation", done: $0, of: $1)
    }
  }

  private func trainer(of plan: TrainingPlan, _ monitor: MonitorScoring?) -> Trainer {
    let trainer = Trainer(plan, in: folder, provenance: .ofThisCommand)
    trainer.scoring = scoring(monitor)
    return trainer
  }

  private func scoring(_ monitor: MonitorScoring?) -> EncoderScoring? {
    guard let monitor else { return nil }
    return { [line] (encoder, preprocessing) throws(Failure) in
      try monitor.score(encoder, preprocessing, line)
    }
  }

  private func announce() throws(Failure) -> Announced {
    let images = ImageAdvice(
      glance: try ImageGlance(of: source, options: recipe.data.loading), recipe: recipe)
    let classes = source.classNames.isEmpty ? "" : ", \(source.classNames.count) classes"
    let summary = images.summary.map { "; \($0)" } ?? ""
    line.say("images   \(source.count) in \(source.path)\(classes)\(summary)")
    let data = DataRecord(of: source)
    if data.files.count > 1 || data.files.contains(where: { $0.images != $0.files }) {
      line.say("files    \(data.filesSummary)")
    }
    line.say(passedOverIn: source)
    let plan = try build(recipe)
    let memory = plan.estimateMemory()
    let advice = RunAdvice(plan: plan, imageCount: source.count, memory: memory)
    let (model, train) = (plan.encoder.configuration, plan.recipe.train)
    line.say(
      """
      model    \(model.width) × \(model.depth), \(model.headCount) heads, patch \(model.patchSize) of \(images.input), \
      \(plan.encoder.parameters.trainableScalarCount) parameters with heads
      training \(length(of: plan)) of \(train.batchSize) images, objective \(plan.recipe.objective.name)
      memory   about \(ByteCount(memory.total)), of \(ByteCount(MachineCapacity.memoryBytes))
      folder   \(folder.url.path)
      """)
    let lines = images.lines + advice.lines
    for text in lines { line.warn(text) }
    try advice.check()
    return (data, plan, memory, lines)
  }

  private func length(of plan: TrainingPlan) -> String {
    if plan.recipe.train.isUnmeasured, let minutes = plan.recipe.train.minutes {
      return "\(plain(minutes)) min of steps"
    }
    let epochs = Double(plan.totalSteps) / Double(plan.stepsPerEpoch)
    return "\(plan.totalSteps) steps (\(plain(epochs)) epochs of \(plan.stepsPerEpoch))"
  }

  /// A twentieth of the time that there is, ten seconds at most.
  private func measure(_ plan: TrainingPlan, _ monitor: MonitorScoring?) throws(Failure) -> StepRate? {
    let train = plan.recipe.train
    let wanted = train.isUnmeasured ? (train.minutes ?? 0) * 60 / 20 : Self.glanceSeconds
    line.show("measuring the speed", 0)
    let rate = try plan.measureRate(
      for: min(10, max(0.5, wanted)), scoring: scoring(monitor), shouldStop: shouldStop)
    line.clear()
    return rate
  }

  private func forecast(_ announced: Announced, _ rate: StepRate) -> RunForecast {
    let plan = announced.plan
    let train = plan.measuredRecipe(at: rate).train
    let steps = train.steps ?? plan.totalSteps
    return RunForecast(
      images: source.count, classes: source.classNames.count, files: announced.data.files,
      passedOver: source.passedOver,
      parameters: plan.encoder.parameters.trainableScalarCount, batchSize: train.batchSize, steps: steps,
      stepsPerEpoch: plan.stepsPerEpoch, epochs: Double(steps) / Double(plan.stepsPerEpoch),
      memoryBytes: announced.memory.total, memoryLimitBytes: MachineCapacity.memoryBytes,
      secondsPerStep: rate.secondsPerStep, isFinite: rate.isFinite, advice: announced.advice)
  }
}
