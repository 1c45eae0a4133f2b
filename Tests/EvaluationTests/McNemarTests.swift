import Evaluation
import Testing

@Suite struct McNemarTests {
  @Test func agreesWithScipy() throws {
    for golden in try ScoresGolden.load().tests {
      let found = McNemar(onlyFirst: golden.onlyFirst, onlySecond: golden.onlySecond).pValue
      // Up to 500,000 products of ratios, each right to 1e-16.
      #expect(abs(found / golden.p - 1) <= 1e-10, "\(golden)")
    }
  }

  @Test func whoIsFirstDoesNotMatter() {
    for (first, second) in [(3, 9), (0, 1), (40, 40), (1000, 900)] {
      #expect(
        McNemar(onlyFirst: first, onlySecond: second).pValue
          == McNemar(onlyFirst: second, onlySecond: first).pValue)
    }
  }

  @Test func rowsThatBothHaveRightOrWrongDoNotCount() {
    let test = McNemar(
      first: [true, true, false, false, true, true], second: [true, false, false, true, false, false])
    #expect(test.onlyFirst == 3 && test.onlySecond == 1)
    #expect(abs(test.pValue - 2 * 5.0 / 16) <= 1e-15)
    #expect(McNemar(first: [true, false], second: [true, false]).pValue == 1)
  }

  @Test func hopelessCountsAreZeroAndNotNaN() {
    #expect(McNemar(onlyFirst: 0, onlySecond: 1_000_000).pValue == 0)
    #expect(McNemar(onlyFirst: 2_000_000, onlySecond: 2_000_000).pValue == 1)
  }
}
