import Datasets
import Platform
import Tensors

/// How fast a run trains on this machine.
public struct StepRate: Sendable, Equatable {
  /// Seconds of a step, waiting for its images included.
  public let secondsPerStep: Double
  /// Seconds of a measurement of the features, as there is one every `train.featureSteps`; 0 without.
  public let secondsPerMeasurement: Double
  /// Seconds of an evaluation of `train.monitor`; 0 without.
  public let secondsPerScoring: Double
  /// False where a loss or gradient was not finite: the run would end at once.
  public let isFinite: Bool
}

extension TrainingPlan {
  /// Takes steps for about that many seconds, at a learning rate of 0, at which nothing can diverge and a step takes as
  /// long as any other; nil when stopped.
  ///
  /// The first step, which fills the buffers, is not counted. Nothing is written. This plan cannot be trained afterwards:
  /// its optimiser has seen gradients.
  ///
  /// - Parameter scoring: what `train.monitor` scores the encoder by.
  /// - Throws: `Failure` when too many images are bad, or the encoder cannot be scored.
  public func measureRate(
    for wanted: Double, scoring: EncoderScoring? = nil, shouldStop: () -> Bool = { false }
  ) throws(Failure) -> StepRate? {
    let loader = try makeLoader(
      steps: 0..<totalSteps, badImages: try BadImages(in: source, maximumShare: recipe.data.maxBad))
    defer {
      loader.stop()
      step.team.dissolve()
    }
    var (taken, start, measuring, isFinite) = (0, Clock.seconds, 0.0, true)
    while isFinite, !shouldStop(), let batch = try loader.next() {
      if taken == 0 { calibrate(on: batch) }
      let outcome = step.run(batch, learningRate: 0, step: taken + 1)
      isFinite = outcome.isFinite
      taken += 1
      if taken == 1 {
        if recipe.train.featureSteps > 0 { measuring = secondsOfFeatures(at: batch) }
        start = Clock.seconds
        continue
      }
      let seconds = Clock.seconds - start
      if seconds >= (taken > 3 ? wanted : 3 * wanted) { break }
    }
    if shouldStop() { return nil }
    let seconds = (Clock.seconds - start) / Double(max(1, taken - 1))
    var scored = 0.0
    if isFinite { scored = try secondsOfScoring(scoring) }
    return StepRate(
      secondsPerStep: seconds, secondsPerMeasurement: measuring, secondsPerScoring: scored, isFinite: isFinite
    )
  }

  /// The recipe of a run that lasts `train.minutes` at a rate: with `steps`, which a schedule must know before it starts,
  /// and a warm-up of a tenth of them at most. Training it needs no measuring any more, here or elsewhere.
  public func measuredRecipe(at rate: StepRate) -> Recipe {
    var recipe = recipe
    guard recipe.train.isUnmeasured, let minutes = recipe.train.minutes else { return recipe }
    let (train, interval) = (recipe.train, max(1, recipe.train.featureSteps))
    var secondsPerStep = rate.secondsPerStep + rate.secondsPerMeasurement / Double(interval)
    if let monitor = train.monitor { secondsPerStep += rate.secondsPerScoring / Double(monitor.everySteps) }
    let steps = rate.isFinite ? minutes * 60 / max(secondsPerStep, 1e-9) : 1
    recipe.train.steps = Int(max(1, min(steps, 0x1p40)))
    let epochs = steps / Double(stepsPerEpoch)
    recipe.train.warmupEpochs = min(train.warmupEpochs ?? 40, epochs / 10)
    return recipe
  }

  private func secondsOfFeatures(at batch: any StepSamples) -> Double {
    let start = Clock.seconds
    _ = FeatureProbe(objective: objective, encoder: encoder, trainer: step).measure(
      batch, progress(before: 2))
    return Clock.seconds - start
  }

  private func secondsOfScoring(_ scoring: EncoderScoring?) throws(Failure) -> Double {
    guard recipe.train.monitor != nil, let scoring else { return 0 }
    let start = Clock.seconds
    _ = try scoring(encoder, preprocessing)
    return Clock.seconds - start
  }
}
