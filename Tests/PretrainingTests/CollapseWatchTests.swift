import Foundation
import Platform
import Pretraining
import TestSupport
import Testing

/// When a run is warned about, and how often.
@Suite("Collapse watch")
struct CollapseWatchTests {
  private func health(
    spread: Double? = 0.5, rank: Double? = 30, entropy: Double? = nil, baseline: Double? = nil
  ) -> FeatureHealth {
    var health = FeatureHealth()
    (health.samples, health.width, health.featureStd, health.rankMe) = (64, 32, spread, rank)
    (health.teacherEntropy, health.teacherOutputs) = (entropy, entropy.map { _ in 8 })
    health.baseline = baseline.map { TrivialLoss($0, of: "guessing") }
    return health
  }

  private func kinds(
    _ health: FeatureHealth, loss: Double = 1, rate: Double = 1e-3, step: Int = 500, of total: Int = 1000
  ) -> [HealthWarning.Kind] {
    var watch = CollapseWatch(totalSteps: total)
    return watch.judge(health, loss: loss, learningRate: rate, step: step).map(\.kind)
  }

  @Test func healthyRunsAreLeftAlone() {
    #expect(kinds(health()).isEmpty)
    #expect(kinds(health(spread: nil, rank: nil)).isEmpty)
    // Where MAE is after it has learnt the mean and before it has learnt more.
    #expect(kinds(health(spread: 0.033, rank: 2.2)).isEmpty)
    #expect(kinds(health(entropy: 1, baseline: 2)).isEmpty)
    #expect(kinds(health(baseline: 0)).isEmpty)
  }

  @Test func eachKindHasItsSign() {
    #expect(kinds(health(spread: 0.001)) == [.collapse])
    #expect(kinds(health(rank: 1.01)) == [.collapse])
    #expect(kinds(health(entropy: 0.001)) == [.peakedTeacher])
    #expect(kinds(health(entropy: log(8) - 0.001)) == [.uniformTeacher])
    #expect(kinds(health(baseline: 1)) == [.trivialLoss])
    #expect(kinds(health(baseline: 1), loss: 0.97).isEmpty)
    #expect(kinds(health(spread: 0, entropy: 0, baseline: 1)) == [.collapse, .peakedTeacher, .trivialLoss])
    var single = health(rank: 1)
    single.samples = 1
    #expect(kinds(single).isEmpty)
  }

  /// Nothing in the first 50 steps, but of the loss at the end; loss and teacher only after a fifth of the run.
  @Test(arguments: [
    (20, 20, 1), (1, 1, 1), (19, 20, 0), (49, 100, 0), (50, 100, 3), (199, 1000, 1), (200, 1000, 3),
    (50, 50, 3),
  ])
  func runsAreGivenTime(step: Int, total: Int, count: Int) {
    let sick = health(spread: 0, entropy: 0, baseline: 1)
    #expect(kinds(sick, step: step, of: total).count == count)
  }

  /// A loss is not judged in the warm-up, unless that is all there is.
  @Test(arguments: [(300, 0), (301, 1), (1000, 1)]) func warmupIsWaitedFor(step: Int, count: Int) {
    var watch = CollapseWatch(totalSteps: 1000, warmupSteps: 300)
    #expect(watch.judge(health(baseline: 1), loss: 1, learningRate: 1, step: step).count == count)
    var short = CollapseWatch(totalSteps: 100, warmupSteps: 300)
    #expect(short.judge(health(baseline: 1), loss: 1, learningRate: 1, step: min(step, 100)).count == 1)
  }

  @Test func eachIsSaidOnceEvenIfTheRunIsResumed() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("warnings.txt")
    var list = try WarningList(file, resuming: false)
    var watch = CollapseWatch(totalSteps: 1000)
    let first = watch.judge(health(spread: 0), loss: 1, learningRate: 1, step: 60)
    #expect(first.count == 1 && first[0].step == 60)
    for warning in first { try list.append(warning) }
    #expect(watch.judge(health(spread: 0), loss: 1, learningRate: 1, step: 70).isEmpty)
    var resumed = try WarningList(file, resuming: true)
    #expect(resumed.kinds == [.collapse])
    var second = CollapseWatch(totalSteps: 1000, said: resumed.kinds)
    let found = second.judge(health(spread: 0, baseline: 1), loss: 1, learningRate: 1, step: 300)
    #expect(found.map(\.kind) == [.trivialLoss])
    try resumed.append(found[0])
    #expect(
      try String(contentsOf: file, encoding: .utf8) == "\(first[0])\n\(found[0])\n",
      "a warning is a line")
    #expect(try WarningList(file, resuming: false).kinds.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test func theEndOfAShortRunIsJudgedByItsLoss() throws {
    var watch = CollapseWatch(totalSteps: 20)
    let found = watch.judge(health(baseline: 1), loss: 1, learningRate: 1, step: 20)
    let warning = try #require(found.first)
    #expect(warning.kind == .trivialLoss && warning.cause.contains("short: 20 steps"))
    #expect(kinds(health(baseline: 1), loss: 0.9, step: 20, of: 20).isEmpty)
  }

  @Test func theCauseGoesByWhatIsKnown() {
    func cause(_ health: FeatureHealth, rate: Double) -> HealthWarning? {
      var watch = CollapseWatch(totalSteps: 100)
      return watch.judge(health, loss: 1, learningRate: rate, step: 60).last
    }
    #expect(cause(health(baseline: 1), rate: 0)?.cause.contains("learning rate is 0") == true)
    #expect(cause(health(spread: 0, baseline: 1), rate: 1)?.cause == "the features have collapsed")
    let plain = cause(health(baseline: 1), rate: 1)
    #expect(plain?.finding.contains("that of guessing, 1") == true)
    #expect(plain?.remedy.contains("train.learningRatePerBatch256") == true)
  }
}
