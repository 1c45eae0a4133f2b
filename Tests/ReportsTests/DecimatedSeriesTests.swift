import Foundation
import Reports
import Testing

@Suite struct DecimatedSeriesTests {
  static func power(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? .nan }

  private func series(_ values: [Double], limit: Int = 500) -> DecimatedSeries {
    var series = DecimatedSeries(bucketLimit: limit)
    for (index, value) in values.enumerated() { series.append(x: Double(index), y: value) }
    return series
  }

  @Test func fewPointsAreKeptAsTheyAre() {
    let values = (0..<500).map { Double($0 * 7919 % 503) }
    let points = series(values).outline
    #expect(points == values.enumerated().map { DecimatedSeries.Point(x: Double($0), y: $1) })
  }

  @Test(arguments: [3, 499, 500, 501, 1000, 12_345, 300_000], [2, 7, 500])
  func manyPointsBecomeFewAndKeepTheirRange(count: Int, limit: Int) {
    var values = (0..<count).map { sin(Double($0) / 50) }
    values[count / 3] = 40
    values[count / 2 + 1] = -30
    let series = series(values, limit: limit)
    #expect(series.outline.count <= 2 * limit && series.trend.count <= limit)
    #expect(series.yRange == -30...40)
    #expect(series.xRange == 0...Double(count - 1))
    #expect(series.outline.contains(DecimatedSeries.Point(x: Double(count / 3), y: 40)))
    let places = series.outline.compactMap { $0?.x }
    #expect(places == places.sorted())
  }

  @Test func valuesThatAreNoNumbersLeaveGaps() {
    let series = series([1, .nan, 3, .infinity, -1e101, 6])
    #expect(series.notFiniteCount == 3)
    #expect(series.outline.map { $0?.y } == [1, nil, 3, nil, nil, 6])
    #expect(series.trend.map { $0 == nil } == [false, true, false, true, true, false])
    #expect(series.yRange == 1...6)
    #expect(self.series([.nan, .nan]).yRange == nil)
  }

  @Test func pointsWithoutAPlaceAreLeftOut() {
    var series = DecimatedSeries()
    series.append(x: .nan, y: 1)
    #expect(series.xRange == nil && series.outline.isEmpty && series.notFiniteCount == 1)
  }

  @Test func trendOfALineIsTheLineAwayFromItsRightEnd() {
    let trend = series((0..<400).map { 3 * Double($0) + 1 }).trend
    for (index, point) in trend.dropLast(40).enumerated() {
      // A symmetric mean of a line is exact but for rounding.
      let error = abs((point?.y ?? .nan) - (3 * Double(index) + 1))
      #expect(error <= 1e-9)
    }
  }

  @Test func trendIsSmootherThanTheValuesAndWithinThem() {
    let values = (0..<5000).map { 1 + Double($0 * 7919 % 1009) / 1009 }
    let series = series(values)
    let trend = series.trend.compactMap { $0?.y }
    #expect(trend.allSatisfy { $0 >= 1 && $0 <= 2 })
    let spread = (trend.dropFirst(50).max() ?? .nan) - (trend.dropFirst(50).min() ?? .nan)
    #expect(spread <= 0.1)
  }
}
