/// Several named lines over a common axis, as a piece of SVG.
public struct CurvePlot: Sendable {
  /// What the plot shows.
  public var title: String
  /// The horizontal axis, with its unit.
  public var xLabel: String
  /// The vertical axis, with its unit.
  public var yLabel: String
  /// The vertical scale. A logarithmic plot leaves out values that are not positive.
  public var scale: PlotAxis.Scale

  /// A line.
  public struct Line: Sendable {
    /// What it shows.
    public var name: String
    /// Its points, from left to right; those that are not finite break it.
    public var points: [(x: Double, y: Double)]

    /// Creates a line.
    public init(name: String, points: [(Double, Double)]) {
      self.name = name
      self.points = points.map { (x: $0.0, y: $0.1) }
    }
  }

  /// Creates a plot.
  public init(title: String, xLabel: String, yLabel: String, scale: PlotAxis.Scale = .linear) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.scale = scale
  }

  /// The SVG element; it carries its own style and may stand alone or inside HTML.
  public func svg(_ lines: [Line]) -> String {
    let finite = lines.flatMap(\.points).filter(isShown)
    guard let left = finite.map(\.x).min(), let right = finite.map(\.x).max(),
      let low = finite.map(\.y).min(), let high = finite.map(\.y).max()
    else {
      let frame = PlotFrame(title: title, xLabel: xLabel, yLabel: yLabel)
      return frame.svg([frame.nothing])
    }
    // Between block 1 and block 2 there is none.
    let isWhole = finite.allSatisfy { $0.x == $0.x.rounded() }
    let xAxis = PlotAxis.linear(left...right, widened: false, whole: isWhole)
    let yAxis = PlotAxis(scale, low...high)
    let frame = PlotFrame(title: title, xLabel: xLabel, yLabel: yLabel, yAxis: yAxis)
    let drawn = lines.enumerated().map { index, line in
      frame.path(
        "vp-line vp-bold",
        line.points.map { isShown($0) ? DecimatedSeries.Point(x: $0.x, y: $0.y) : nil },
        xAxis, yAxis, style: "stroke:\(colour(index, of: lines.count))")
    }
    let note = scale == .logarithmic ? [frame.note("log scale")] : []
    return frame.svg(note + frame.axes(xAxis, yAxis) + drawn + legend(lines))
  }

  private func isShown(_ point: (x: Double, y: Double)) -> Bool {
    point.x.isFinite && point.y.isFinite && (scale == .linear || point.y > 0)
  }

  /// Whether the names of lines fit in one row under the title.
  static func hasRoom(for names: [String]) -> Bool {
    PlotFrame.area.left + names.reduce(0) { $0 + advance($1) } <= PlotFrame.area.right + gap
  }

  private static let gap = 14.0
  private static func advance(_ name: String) -> Double { Double(name.count) * 7 + gap }

  /// The names in their colours, under the title.
  private func legend(_ lines: [Line]) -> [String] {
    var x = PlotFrame.area.left
    return lines.enumerated().map { index, line in
      defer { x += Self.advance(line.name) }
      return
        "<text x=\"\(PlotFrame.coordinate(x))\" y=\"36\" style=\"fill:\(colour(index, of: lines.count))\">"
        + "\(Markup.escaped(line.name))</text>"
    }
  }

  private func colour(_ index: Int, of count: Int) -> String {
    "hsl(\((210 + 360 * index / max(count, 1)) % 360) 60% 48%)"
  }
}
