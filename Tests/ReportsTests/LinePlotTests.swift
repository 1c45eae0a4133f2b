import Foundation
import Reports
import Testing

@Suite struct LinePlotTests {
  private func plot(
    _ values: [Double], scale: PlotAxis.Scale = .linear, beginsAtZero: Bool = false
  ) -> String {
    var series = DecimatedSeries()
    for (index, value) in values.enumerated() { series.append(x: Double(index * 10), y: value) }
    return LinePlot(
      title: "Loss <a> & \"b\"", xLabel: "step", yLabel: "loss in nats", scale: scale,
      beginsAtZero: beginsAtZero
    ).svg(series)
  }

  /// The points of every line, by its class.
  private func lines(_ svg: String) -> [(name: String, points: [SIMD2<Double>])] {
    svg.matches(of: /<path class="vp-line (vp-\w+)" d="([^"]*)"/).map { match in
      let points = match.2.matches(of: /[ML]([-\d.]+) ([-\d.]+)/).map {
        SIMD2(Double($0.1) ?? .nan, Double($0.2) ?? .nan)
      }
      return (String(match.1), points)
    }
  }

  private func tickLabels(_ svg: String) -> [String] {
    svg.matches(of: /class="vp-tick"[^>]*>([^<]*)</).map { String($0.1) }
  }

  private static let cases: [[Double]] = [
    (0..<40).map { 2.5 * exp(-Double($0) / 9) + 0.3 },
    (0..<70_000).map { 1 + sin(Double($0)) * 0.2 },
    [5], [5, 5, 5], [0, 0], [.nan, 2, .nan, .infinity, 3, 4], [1e-30, 1e30], [-1e99, 1e99],
    [1e5, 1e5 + 1e-9],
  ]

  @Test(arguments: cases, [PlotAxis.Scale.linear, .logarithmic])
  func everyPointIsInsideTheArea(values: [Double], scale: PlotAxis.Scale) {
    let svg = plot(values, scale: scale)
    let points = lines(svg).flatMap(\.points)
    let drawable = values.contains { $0.isFinite && (scale == .linear || $0 > 0) }
    #expect(points.isEmpty == !drawable)
    let area = LinePlot.area
    for point in points {
      #expect(point.x >= area.left && point.x <= area.right && point.y >= area.top && point.y <= area.bottom)
    }
    #expect(lines(svg).allSatisfy { $0.points.count <= 1000 })
    #expect(!svg.contains("nan") && !svg.contains("inf\""))
  }

  @Test(arguments: cases) func itIsWellFormedAndAlwaysTheSame(values: [Double]) throws {
    let svg = plot(values)
    #expect(svg == plot(values))
    #expect(XMLCheck.isWellFormed(svg))
    #expect(svg.contains("Loss &lt;a&gt; &amp; &quot;b&quot;") && !svg.contains("<a>"))
    #expect(svg.contains("prefers-color-scheme:dark"))
  }

  /// Marks end left of the area and begin right of the axis' label, whose middle is at 14 and which is 12 high.
  @Test(arguments: [
    [1.25e-4, 1.5e-4, 1.31e-4], [0.98001, 0.98002], [1e5, 1e5 + 3], [-1e99, 1e99], [0, 6e-6],
  ])
  func marksAreClearOfTheLabel(values: [Double]) {
    let svg = plot(values)
    let marks = svg.matches(of: /class="vp-tick" x="([\d.]+)"[^>]*text-anchor="end">([^<]*)</)
    #expect(!marks.isEmpty)
    for mark in marks {
      let end = Double(mark.1) ?? .nan
      #expect(end - 6.8 * Double(mark.2.count) >= 21, "\(mark.2)")
      #expect(lines(svg).flatMap(\.points).allSatisfy { $0.x >= end })
    }
  }

  @Test func ticksAreThoseOfTheAxes() {
    let svg = plot([0, 2, 4, 6, 8, 10])
    #expect(tickLabels(svg) == ["0", "2", "4", "6", "8", "10", "0", "10", "20", "30", "40", "50"])
    #expect(svg.contains(">loss in nats<") && svg.contains(">step<"))
    #expect(tickLabels(plot([5, 5, 5])).contains("5.0"))
    #expect(tickLabels(plot([8, 9], beginsAtZero: true)).first == "0")
  }

  @Test func pointsAreWhereTheyShouldBe() throws {
    let area = LinePlot.area
    let middle = (area.top + area.bottom) / 2
    let line = try #require(lines(plot([0, 5, 10])).first)
    #expect(line.name == "vp-bold")
    #expect(
      line.points == [
        SIMD2(area.left, area.bottom), SIMD2((area.left + area.right) / 2, middle),
        SIMD2(area.right, area.top),
      ])
  }

  @Test func stepsBeginAtZeroWhereTheyBeginNearIt() throws {
    var series = DecimatedSeries()
    for x in [10.0, 500, 1000] { series.append(x: x, y: x) }
    let plot = LinePlot(title: "t", xLabel: "x", yLabel: "y")
    let area = LinePlot.area
    let line = try #require(lines(plot.svg(series)).first)
    // A hundredth of the width, to the tenth of a unit that is written.
    #expect(abs((line.points.first?.x ?? .nan) - (area.left + 0.01 * (area.right - area.left))) <= 0.05)
    var resumed = DecimatedSeries()
    for x in [600.0, 1000] { resumed.append(x: x, y: x) }
    #expect(lines(plot.svg(resumed)).first?.points.first?.x == area.left)
  }

  @Test func aSinglePointIsADotInTheMiddle() {
    let svg = plot([5])
    #expect(lines(svg).map(\.points.count) == [1])
    #expect(svg.contains("M302 130h0"))
  }

  @Test func thinValuesAndBoldTrendAreDrawnForLongSeries() {
    #expect(lines(plot((0..<2000).map { Double($0 % 7) })).map(\.name) == ["vp-thin", "vp-bold"])
    #expect(lines(plot([1, 2, 3])).map(\.name) == ["vp-bold"])
  }

  @Test func gapsBreakTheLineAndAreCounted() throws {
    let svg = plot([1, 2, .nan, 4, 5])
    let data = try #require(svg.firstMatch(of: /vp-line[^>]*d="([^"]*)"/)).1
    #expect(data.filter { $0 == "M" }.count == 2)
    #expect(svg.contains("1 not finite"))
  }

  @Test func nothingToShowIsSaid() {
    #expect(plot([.nan]).contains("no finite value was logged"))
    #expect(plot([]).contains("no finite value was logged"))
    #expect(plot([-1, 0], scale: .logarithmic).contains("no finite value was logged"))
  }
}

/// Whether tags nest and every `&` begins an entity; enough for what the module writes.
enum XMLCheck {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    for tag in text.matches(of: /<(\/?)([a-z][a-z0-9]*)(?:\s+[a-zA-Z:-]+="[^"<]*")*(\/?)>/) {
      if tag.1 == "/" {
        guard open.popLast() == tag.2 else { return false }
      } else if tag.3 != "/" {
        open.append(tag.2)
      }
    }
    let stripped = text.replacing(/<\/?[a-z][a-z0-9]*(?:\s+[a-zA-Z:-]+="[^"<]*")*\/?>/, with: "")
    let entities = text.replacing(/&(amp|lt|gt|quot|#39);/, with: "")
    return open.isEmpty && !stripped.contains("<") && !entities.contains("&")
  }
}
