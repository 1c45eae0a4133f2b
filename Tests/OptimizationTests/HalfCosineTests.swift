import Optimization
import Testing

@Suite("Half a cosine")
struct HalfCosineTests {
  private let schedule = HalfCosine(from: 3, to: 1)

  /// By hand: 1 + (1 + cos πt).
  @Test(arguments: [(-1, 3), (0, 3), (0.25, 2.7071067811865475), (0.5, 2), (1, 1), (7, 1)])
  func takesTheValuesOfTheFormula(fraction: Double, value: Double) {
    #expect(abs(schedule.value(at: fraction) - value) <= 1e-15)
    #expect(abs(schedule.value(after: fraction * 48, of: 48) - value) <= 1e-15)
  }
}
