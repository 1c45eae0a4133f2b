import Datasets
import Platform
import Records

/// What a run will be, from a few steps that were measured; what `--dry-run --json` prints.
struct RunForecast: Codable {
  let images, classes: Int
  /// The files that are read, by extension, and what else lies there.
  let files: [DataRecord.FileCount]
  let passedOver: PassedOver
  let parameters, batchSize: Int
  /// Steps of the whole run and of an epoch.
  let steps, stepsPerEpoch: Int
  let epochs: Double
  let memoryBytes, memoryLimitBytes: Int
  let secondsPerStep: Double
  /// False where the loss is not finite at the first step.
  let isFinite: Bool
  let advice: [String]

  /// `speed    2100 images/s: an epoch of 468 steps in 29 s, 24 epochs (11232 steps) in 11 min 24 s`.
  var speed: String {
    Self.speed(
      secondsPerStep: secondsPerStep, batchSize: batchSize, steps: steps, stepsPerEpoch: stepsPerEpoch)
  }

  static func speed(secondsPerStep: Double, batchSize: Int, steps: Int, stepsPerEpoch: Int) -> String {
    let rate = Double(batchSize) / max(secondsPerStep, 1e-9)
    let epochs = Double(steps) / Double(stepsPerEpoch)
    return
      "speed    \(fixed(rate, rate < 10 ? 1 : 0)) images/s: an epoch of \(stepsPerEpoch) steps in "
      + "\(duration(Double(stepsPerEpoch) * secondsPerStep)), \(plain(epochs)) epochs (\(steps) steps) in "
      + duration(Double(steps) * secondsPerStep)
  }
}
