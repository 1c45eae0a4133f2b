import Foundation

/// Judges what is measured of a run: whether its features have collapsed, its teacher says nothing, or its loss is trivial.
///
/// Each kind of warning is given once. Thresholds are ours; no source names any.
package struct CollapseWatch {
  /// Features have collapsed when `featureStd` is below this. On Fashion-MNIST untrained encoders had 0.27 … 0.43 and
  /// trained ones 0.77; MAE, which learns the mean first, went down to 0.033 on its way, and a run at five thousand times
  /// its rate ended at 0.0001.
  static let lowestSpread = 0.01
  /// Or when RankMe is below this; 9 … 30, 37, 2.2 and 1.002 in the same runs.
  static let lowestRank = 1.1
  /// A teacher is peaked below this share of ln K, and uniform above one minus it.
  static let entropyMargin = 0.01
  /// The loss is trivial from this share of its baseline on.
  static let trivialShare = 0.98
  /// The first step that features are judged at.
  static let firstStep = 50

  private let totalSteps: Int
  private let warmupSteps: Int
  private var said: Set<HealthWarning.Kind>

  /// Watches a run of so many steps, the first of them warm-up, that has given some warnings already.
  package init(totalSteps: Int, warmupSteps: Int = 0, said: Set<HealthWarning.Kind> = []) {
    self.totalSteps = totalSteps
    self.warmupSteps = warmupSteps
    self.said = said
  }

  /// What is new in a measurement before step `step`, counted from 1, whose loss and learning rate are known by now.
  ///
  /// Features are judged from step 50 on. Teachers and losses are given a fifth of the run and its warm-up, 50 steps at
  /// least, but are judged at its end. At the end of a shorter run its loss alone is judged.
  package mutating func judge(
    _ health: FeatureHealth, loss: Double, learningRate: Double, step: Int
  ) -> [HealthWarning] {
    guard step >= Self.firstStep else {
      let found = step >= totalSteps ? trivial(health, loss, learningRate, step, hasCollapsed: false) : nil
      return [found].compactMap(\.self).filter { said.insert($0.kind).inserted }
    }
    let collapse = collapse(health, step)
    var found = [collapse]
    if step >= totalSteps || (step * 5 >= totalSteps && step > warmupSteps) {
      found.append(teacher(health, step))
      found.append(trivial(health, loss, learningRate, step, hasCollapsed: collapse != nil))
    }
    return found.compactMap(\.self).filter { said.insert($0.kind).inserted }
  }

  private func collapse(_ health: FeatureHealth, _ step: Int) -> HealthWarning? {
    let (spread, rank) = (health.featureStd ?? .infinity, health.rankMe ?? .infinity)
    // One sample, or one channel, has a rank of 1 whatever the encoder does.
    guard health.directions > 1, spread < Self.lowestSpread || rank < Self.lowestRank else {
      return nil
    }
    let figures = [
      health.featureStd.map { "featureStd \(short($0)), where 1 is spread evenly" },
      health.rankMe.map { "rankMe \(short($0)) of \(health.directions)" },
    ]
    return HealthWarning(
      kind: .collapse, step: step,
      finding: "the features of different images are nearly the same: "
        + figures.compactMap(\.self).joined(separator: ", "),
      cause: "the loss can be met without telling images apart, or the learning rate is too high",
      remedy: "lower train.learningRatePerBatch256, lengthen train.warmupEpochs, or set train.clipNorm: 1; "
        + "let data.views or data.augmentations differ more; see whether the images are copies of each other")
  }

  private func teacher(_ health: FeatureHealth, _ step: Int) -> HealthWarning? {
    guard let entropy = health.teacherEntropy, let outputs = health.teacherOutputs, outputs > 1 else {
      return nil
    }
    let highest = log(Double(outputs))
    let finding = "the teacher's entropy is \(short(entropy)) of ln \(outputs) = \(short(highest)) nats"
    if entropy < Self.entropyMargin * highest {
      return HealthWarning(
        kind: .peakedTeacher, step: step, finding: finding,
        cause: "one output has won: the teacher is sharpened more than it is centred",
        remedy: "raise the teacher's temperature or let its centre follow faster, under objective; "
          + "lower train.learningRatePerBatch256")
    }
    if entropy > (1 - Self.entropyMargin) * highest {
      return HealthWarning(
        kind: .uniformTeacher, step: step, finding: finding,
        cause: "all outputs are alike: the teacher is centred more than it is sharpened",
        remedy: "lower the teacher's temperature or let its centre follow more slowly, under objective")
    }
    return nil
  }

  private func trivial(
    _ health: FeatureHealth, _ loss: Double, _ rate: Double, _ step: Int, hasCollapsed: Bool
  ) -> HealthWarning? {
    guard let baseline = health.baseline, baseline.value > 0, loss >= Self.trivialShare * baseline.value
    else { return nil }
    let (cause, remedy) =
      if rate == 0 {
        (
          "the learning rate is 0, so that no weight moves",
          "set train.learningRatePerBatch256; 1.5e-4 is usual for MAE"
        )
      } else if totalSteps < Self.firstStep {
        (
          "the run is short: \(totalSteps) steps",
          "train longer, by --epochs or train.steps; see whether the images hold more than noise"
        )
      } else if hasCollapsed {
        ("the features have collapsed", "lower train.learningRatePerBatch256, lengthen train.warmupEpochs")
      } else {
        (
          "the learning rate is far too low, or so high that nothing learnt is kept",
          "try train.learningRatePerBatch256 three times as high and a third as high, and a shorter "
            + "train.warmupEpochs; see whether the images hold more than noise"
        )
      }
    return HealthWarning(
      kind: .trivialLoss, step: step,
      finding: "the loss, \(short(loss)), has not left that of \(baseline.meaning), \(short(baseline.value))",
      cause: cause, remedy: remedy)
  }
}

private func short(_ value: Double) -> String { String(format: "%.3g", value) }
