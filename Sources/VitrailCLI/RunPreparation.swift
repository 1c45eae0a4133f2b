import Datasets
import Foundation
import Platform
import Pretraining

/// The way from a recipe and its images to a run that can be trained, and what is said on it.
struct RunPreparation {
  let recipe: Recipe
  let source: any ImageSource
  let folder: RunFolder
  let line: ProgressLine
  /// Asked beside the signals while steps are measured.
  var shouldStop: () -> Bool = { false }

  /// Seconds of steps that are measured for a dry run.
  private static let glanceSeconds = 5.0

  /// Says what was understood of images, model and length, and builds the run; where its length is in minutes, it is
  /// measured and fixed. Nil when that was stopped.
  ///
  /// - Throws: `Failure` for all that can be known before the first step.
  func run() throws(Failure) -> PretrainingRun? {
    let scoring = try openMonitor()
    let recipe: Recipe
    do {
      let announced = try announce(scoring)
      guard announced.run.recipe.train.isUnmeasured else { return announced.run }
      guard let rate = try measure(announced.run) else { return nil }
      recipe = announced.run.measuredRecipe(at: rate)
      line.say(forecast(announced, rate).speed)
    }
    // The run that was measured has gone, and its memory with it.
    return try build(recipe, scoring)
  }

  /// Says the same and measures a few steps, without a trace on disk. Nil when stopped.
  ///
  /// - Throws: `Failure` for all that can be known before the first step.
  func rehearse() throws(Failure) -> RunForecast? {
    let announced = try announce(openMonitor())
    guard let rate = try measure(announced.run) else { return nil }
    let forecast = forecast(announced, rate)
    line.say(forecast.speed)
    return forecast
  }

  private typealias Announced = (run: PretrainingRun, memory: MemoryEstimate, advice: [String])

  /// Sets that a monitor looks at are opened before anything that takes long.
  private func openMonitor() throws(Failure) -> MonitorScoring? {
    guard let monitor = recipe.train.monitor else { return nil }
    let scoring = try MonitorScoring(monitor, recipe)
    for note in scoring.notes { line.say("monitor: \(note)") }
    return scoring
  }

  private func build(_ recipe: Recipe, _ scoring: MonitorScoring?) throws(Failure) -> PretrainingRun {
    let run = try PretrainingRun(
      recipe: recipe, source: source, folder: folder, provenance: .ofThisCommand
    ) {
      line.show("mean and standard deviation", done: $0, of: $1)
    }
    if let scoring {
      run.scoring = { [line] (encoder, preprocessing) throws(Failure) in
        try scoring.score(encoder, preprocessing, line)
      }
    }
    return run
  }

  private func announce(_ scoring: MonitorScoring?) throws(Failure) -> Announced {
    let images = ImageAdvice(
      glance: try ImageGlance(of: source, options: recipe.data.loading), recipe: recipe)
    let classes = source.classNames.isEmpty ? "" : ", \(source.classNames.count) classes"
    let summary = images.summary.map { "; \($0)" } ?? ""
    line.say("images   \(source.count) in \(source.path)\(classes)\(summary)")
    line.say(passedOverIn: source)
    let run = try build(recipe, scoring)
    let memory = run.estimateMemory()
    let advice = RunAdvice(run: run, imageCount: source.count, memory: memory)
    let (model, train) = (run.encoder.configuration, run.recipe.train)
    line.say(
      """
      model    \(model.width) × \(model.depth), \(model.headCount) heads, patch \(model.patchSize) of \(images.input), \
      \(run.encoder.parameters.trainableScalarCount) parameters with heads
      training \(length(of: run)) of \(train.batchSize) images, objective \(run.recipe.objective.name)
      memory   about \(ByteCount(memory.total)), of \(ByteCount(MachineCapacity.memoryBytes))
      folder   \(folder.url.path)
      """)
    let lines = images.lines + advice.lines
    for text in lines { line.warn(text) }
    try advice.check()
    return (run, memory, lines)
  }

  private func length(of run: PretrainingRun) -> String {
    if run.recipe.train.isUnmeasured, let minutes = run.recipe.train.minutes {
      return "\(plain(minutes)) min of steps"
    }
    let epochs = Double(run.totalSteps) / Double(run.stepsPerEpoch)
    return "\(run.totalSteps) steps (\(plain(epochs)) epochs of \(run.stepsPerEpoch))"
  }

  /// A twentieth of the time that there is, ten seconds at most.
  private func measure(_ run: PretrainingRun) throws(Failure) -> StepRate? {
    let train = run.recipe.train
    let wanted = train.isUnmeasured ? (train.minutes ?? 0) * 60 / 20 : Self.glanceSeconds
    line.show("measuring the speed", 0)
    let rate = try run.measureRate(for: min(10, max(0.5, wanted)), shouldStop: shouldStop)
    line.clear()
    return rate
  }

  private func forecast(_ announced: Announced, _ rate: StepRate) -> RunForecast {
    let run = announced.run
    let train = run.measuredRecipe(at: rate).train
    let steps = train.steps ?? run.totalSteps
    return RunForecast(
      images: source.count, classes: source.classNames.count, passedOver: source.passedOver,
      parameters: run.encoder.parameters.trainableScalarCount, batchSize: train.batchSize, steps: steps,
      stepsPerEpoch: run.stepsPerEpoch, epochs: Double(steps) / Double(run.stepsPerEpoch),
      memoryBytes: announced.memory.total, memoryLimitBytes: MachineCapacity.memoryBytes,
      secondsPerStep: rate.secondsPerStep, isFinite: rate.isFinite, advice: announced.advice)
  }
}
