import Reports
import Testing

@Suite struct PlotAxisTests {
  @Test(arguments: [
    (0.0...10.0, ["0", "2", "4", "6", "8", "10"]),
    (0.13...0.87, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (0.0...1.5e-4, ["0", "0.5e-4", "1e-4", "1.5e-4"]),
    (-1.0...1.0, ["-1.0", "-0.5", "0", "0.5", "1.0"]),
    (0.0...24_000.0, ["0", "5k", "10k", "15k", "20k", "25k"]),
    (0.0...1_900_000.0, ["0", "0.5M", "1M", "1.5M", "2M"]),
    (0.0...4e9, ["0", "1G", "2G", "3G", "4G"]),
    (0.0...8e13, ["0", "2e13", "4e13", "6e13", "8e13"]),
  ])
  func linearTicksAreRound(range: ClosedRange<Double>, labels: [String]) {
    let axis = PlotAxis.linear(range)
    #expect(axis.ticks.map(\.label) == labels)
    #expect(axis.lower <= range.lowerBound && axis.upper >= range.upperBound)
  }

  @Test(arguments: [
    (1e-5...1.0, ["1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]),
    (0.3...4.0, ["0.5", "1", "2"]),
    (0.21...60.0, ["0.2", "0.5", "1", "2", "5", "10", "20", "50"]),
    (0.52...0.68, ["0.55", "0.60", "0.65"]),
    (50.0...3e6, ["100", "1000", "10k", "100k", "1M"]),
  ])
  func logarithmicTicksAreRound(range: ClosedRange<Double>, labels: [String]) {
    let axis = PlotAxis.logarithmic(range)
    #expect(axis.ticks.map(\.label) == labels)
    #expect(axis.lower <= range.lowerBound && axis.upper >= range.upperBound)
  }

  @Test(arguments: [0.0, 5.0, -3.0, 1e-4, 123_456.0, 1e90, -1e-90])
  func constantRangeIsWidenedAroundItsValue(value: Double) {
    let axis = PlotAxis.linear(value...value)
    #expect(axis.lower < value && value < axis.upper)
    #expect(axis.ticks.count >= 2)
    #expect(axis.fraction(of: value) > 0.2 && axis.fraction(of: value) < 0.8)
  }

  @Test func constantsHaveExactLabels() {
    #expect(PlotAxis.linear(5...5).ticks.map(\.label).contains("5.0"))
    #expect(PlotAxis.linear(0...0).ticks.map(\.label) == ["-1.0", "-0.5", "0", "0.5", "1.0"])
    #expect(PlotAxis.linear(7...7, widened: false, whole: true).ticks.map(\.label) == ["6", "7", "8"])
    let axis = PlotAxis.logarithmic(2...2)
    #expect(axis.ticks.map(\.label).contains("2.0"))
  }

  @Test func wholeAxisHasNoFractions() {
    #expect(PlotAxis.linear(1...3, widened: false, whole: true).ticks.map(\.label) == ["1", "2", "3"])
    #expect(
      PlotAxis.linear(0...100, widened: false, whole: true).ticks.map(\.value) == [0, 20, 40, 60, 80, 100])
  }

  /// Over many magnitudes and widths: ticks ascend, lie inside, are few, and no two look alike.
  @Test func ticksAreSoundForAnyRange() {
    for exponent in stride(from: -90, through: 90, by: 3) {
      for (low, width) in [(0.0, 1.0), (1, 1), (-1, 3), (7, 1e-3), (-9.99, 19.98), (3, 1e-7)] {
        let unit = DecimatedSeriesTests.power(exponent)
        let axis = PlotAxis.linear(low * unit...(low + width) * unit)
        let values = axis.ticks.map(\.value)
        #expect(values == values.sorted() && (2...9).contains(values.count), "\(low) \(width) e\(exponent)")
        #expect(values.allSatisfy { $0 >= axis.lower && $0 <= axis.upper })
        #expect(Set(axis.ticks.map(\.label)).count == values.count, "\(axis.ticks)")
      }
    }
  }

  @Test func fractionsRunFromZeroToOneAndStayInside() {
    let linear = PlotAxis.linear(0...10)
    #expect(linear.fraction(of: 0) == 0 && linear.fraction(of: 10) == 1 && linear.fraction(of: 5) == 0.5)
    #expect(linear.fraction(of: -4) == 0 && linear.fraction(of: 40) == 1)
    let logarithmic = PlotAxis.logarithmic(1...100)
    // The padding is the same on both sides, so the geometric mean is the middle up to rounding.
    #expect(abs(logarithmic.fraction(of: 10) - 0.5) <= 1e-12)
    #expect(logarithmic.fraction(of: -1) == 0 && logarithmic.fraction(of: 1e9) == 1)
  }
}
