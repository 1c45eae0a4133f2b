import Foundation
import Reports
import Testing

@Suite struct CurvePlotTests {
  private let plot = CurvePlot(title: "a <b>", xLabel: "block", yLabel: "top-1")

  @Test func everyLineHasItsPathAndItsName() {
    let svg = plot.svg([
      .init(name: "linear", points: [(1, 0.1), (2, 0.5), (3, 0.4)]),
      .init(name: "k & n", points: [(1, 0.2), (2, .nan), (3, 0.3)]),
    ])
    #expect(svg.components(separatedBy: "class=\"vp-line vp-bold\"").count == 3)
    #expect(svg.contains(">linear</text>") && svg.contains(">k &amp; n</text>"))
    #expect(svg.contains("a &lt;b&gt;") && !svg.contains("nan"))
  }

  /// Factors of ten are equally far apart; what is not positive breaks the line.
  @Test func aLogarithmicPlotShowsFactors() throws {
    var plot = plot
    plot.scale = .logarithmic
    let svg = plot.svg([.init(name: "a", points: [(1, 0.1), (2, 1), (3, 10), (4, 0), (5, 1)])])
    let data = try #require(svg.firstMatch(of: /vp-bold" d="([^"]+)"/)).1
    let heights = data.matches(of: /[ML][\d.]+ ([\d.]+)/).compactMap { Double($0.1) }
    #expect(heights.count == 4 && svg.contains("log scale"))
    #expect(abs((heights[0] - heights[1]) - (heights[1] - heights[2])) <= 0.2 && heights[3] == heights[1])
    #expect(data.contains("h0"))
  }

  @Test func oneValueAndNoneAreDrawn() {
    #expect(plot.svg([.init(name: "one", points: [(1, 0.5)])]).contains("vp-line"))
    #expect(plot.svg([]).contains("no finite value was logged"))
    #expect(plot.svg([.init(name: "nan", points: [(1, .nan)])]).contains("no finite value was logged"))
  }
}
