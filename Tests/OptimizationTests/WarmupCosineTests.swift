import Optimization
import Testing

@Suite("Warm-up and cosine")
struct WarmupCosineTests {
  private let schedule = WarmupCosine(peak: 1, minimum: 0.1, warmupEpochs: 5, epochs: 25)

  /// By hand: 0.1 + 0.45·(1 + cos π·(e − 5)/20) after epoch 5.
  @Test(arguments: [
    (0, 0), (0.5, 0.1), (2.5, 0.5), (4.75, 0.95), (5, 1), (10, 0.868198051533946), (15, 0.55),
    (20, 0.231801948466054), (25, 0.1), (26, 0.1), (1e6, 0.1),
  ])
  func takesTheValuesOfTheFormula(epoch: Double, rate: Double) {
    #expect(abs(schedule.rate(at: epoch) - rate) <= 1e-14)
  }

  @Test func theEndpointsAreExact() {
    #expect(schedule.rate(at: 0) == 0)
    #expect(schedule.rate(at: 5) == 1)
    #expect(abs(schedule.rate(at: 25) - 0.1) <= 1e-16)
  }

  @Test func withoutWarmupItStartsAtThePeak() {
    let schedule = WarmupCosine(peak: 2, warmupEpochs: 0, epochs: 10)
    #expect(schedule.rate(at: 0) == 2)
    #expect(abs(schedule.rate(at: 10)) <= 1e-16)
  }

  @Test func allWarmupRisesToThePeak() {
    let schedule = WarmupCosine(peak: 2, warmupEpochs: 10, epochs: 10)
    #expect(schedule.rate(at: 5) == 1 && schedule.rate(at: 10) == 2)
  }

  @Test func itRisesAndThenFalls() {
    let rates = (0...2_500).map { schedule.rate(at: Double($0) / 100) }
    #expect(zip(rates[...500], rates[1...500]).allSatisfy { $0 < $1 })
    #expect(zip(rates[500...], rates[501...]).allSatisfy { $0 > $1 })
  }
}
