import Platform

/// Rates over the recent past and over the interval between two lines of the log.
final class ProgressMeter {
  /// What happened since the interval before.
  struct Interval {
    let loss: Double
    let imagesPerSecond: Double
    let dataWait: Double
  }

  private let batchSize: Int
  private var start: Double
  private var lastTime: Double
  private var lastWait = 0.0
  private var intervalLoss = 0.0
  private var intervalSteps = 0
  // Of the steps since the line before, those of this session.
  private var timedSteps = 0
  private var intervalStart: Double
  private var intervalWait = 0.0

  /// An exponential average of the loss over about 20 steps.
  private(set) var smoothedLoss = 0.0
  /// The same of the seconds a step takes.
  private(set) var recentSecondsPerStep = 0.0
  private var recentWaitPerStep = 0.0
  private var count = 0

  /// Starts at `start`; `open` is the interval that an earlier session left unfinished, by what it told of it.
  init(batchSize: Int, start: Double, open: [String: String] = [:]) {
    intervalLoss = open["intervalLoss"].flatMap { Double($0) } ?? 0
    intervalSteps = open["intervalSteps"].flatMap { Int($0) } ?? 0
    self.batchSize = batchSize
    self.start = start
    lastTime = start
    intervalStart = start
  }

  /// The interval that is not closed yet, as metadata of a checkpoint.
  var open: [String: String] { ["intervalLoss": "\(intervalLoss)", "intervalSteps": "\(intervalSteps)"] }

  /// Seconds since the session began.
  var seconds: Double { lastTime - start }
  var recentImagesPerSecond: Double {
    recentSecondsPerStep > 0 ? Double(batchSize) / recentSecondsPerStep : 0
  }
  var recentDataWait: Double { recentSecondsPerStep > 0 ? recentWaitPerStep / recentSecondsPerStep : 0 }

  /// Notes a finished step; `waitSeconds` is the loader's total so far.
  func record(loss: Double, waitSeconds: Double) {
    let now = Clock.seconds
    let wait = waitSeconds - lastWait
    count += 1
    // A plain mean at first, then an exponential one.
    let weight = max(1 / Double(count), 0.05)
    smoothedLoss += weight * (loss - smoothedLoss)
    recentSecondsPerStep += weight * (now - lastTime - recentSecondsPerStep)
    recentWaitPerStep += weight * (wait - recentWaitPerStep)
    lastTime = now
    lastWait = waitSeconds
    intervalLoss += loss
    intervalWait += wait
    intervalSteps += 1
    timedSteps += 1
  }

  /// Leaves out seconds since the last step that no training was done in.
  func leaveOut(_ seconds: Double) {
    start += seconds
    lastTime += seconds
    intervalStart += seconds
  }

  /// Ends the interval and starts the next.
  func closeInterval() -> Interval {
    let seconds = max(lastTime - intervalStart, 1e-9)
    let interval = Interval(
      loss: intervalLoss / Double(max(intervalSteps, 1)),
      imagesPerSecond: Double(timedSteps * batchSize) / seconds, dataWait: intervalWait / seconds)
    (intervalLoss, intervalWait, intervalSteps, timedSteps, intervalStart) = (0, 0, 0, 0, lastTime)
    return interval
  }
}
