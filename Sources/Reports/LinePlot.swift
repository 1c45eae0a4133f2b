import Foundation

/// A line plot as a piece of SVG: the values thin, their trend bold, readable on light and dark pages.
///
/// At most 1,000 points a line however many there are; the same series gives the same text.
public struct LinePlot: Sendable {
  /// What the plot shows.
  public var title: String
  /// The horizontal axis, with its unit.
  public var xLabel: String
  /// The vertical axis, with its unit.
  public var yLabel: String
  /// The vertical scale. A logarithmic plot leaves out values that are not positive.
  public var scale: PlotAxis.Scale
  /// Whether the vertical axis begins at zero; for linear plots of what cannot be negative.
  public var beginsAtZero: Bool
  /// Whether a bold trend is drawn over the thin values; otherwise the values themselves are bold.
  public var showsTrend: Bool

  /// Creates a plot.
  public init(
    title: String, xLabel: String, yLabel: String, scale: PlotAxis.Scale = .linear,
    beginsAtZero: Bool = false, showsTrend: Bool = true
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.scale = scale
    self.beginsAtZero = beginsAtZero
    self.showsTrend = showsTrend
  }

  /// The plot area in the drawing's units; every point lies inside.
  package static let area = (left: 60.0, top: 40.0, right: 544.0, bottom: 220.0)
  private static let size = (width: 560, height: 264)

  /// The SVG element. It carries its own style and may stand alone or inside HTML.
  public func svg(_ series: DecimatedSeries) -> String {
    let (width, height) = Self.size
    var parts = [
      """
      <svg class="vitrail-plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      role="img" aria-label="\(Markup.escaped(title))">
      <style>\(Self.style)</style>
      <text class="vp-title" x="\(coordinate(Self.area.left))" y="22">\(Markup.escaped(title))</text>
      """
    ]
    let outline = drawable(series.outline)
    let values = outline.compactMap { $0?.y }
    if let low = values.min(), let high = values.max(), let xRange = series.xRange {
      let lowest = beginsAtZero && scale == .linear ? min(0, low) : low
      let highest = beginsAtZero && scale == .linear ? max(0, high) : high
      let yAxis: PlotAxis =
        switch scale {
        case .linear: .linear(lowest...highest)
        case .logarithmic: .logarithmic(lowest...highest)
        }
      let beginsNearZero = xRange.lowerBound > 0 && xRange.lowerBound < 0.05 * xRange.upperBound
      let xAxis = PlotAxis.linear(
        beginsNearZero ? 0...xRange.upperBound : xRange, widened: false, whole: true)
      let hasTrend = showsTrend && outline.count >= 10
      parts.append(note(hasTrend: hasTrend, notFiniteCount: series.notFiniteCount))
      parts += frame(xAxis, yAxis)
      parts.append(path("vp-line \(hasTrend ? "vp-thin" : "vp-bold")", outline, xAxis, yAxis))
      if hasTrend { parts.append(path("vp-line vp-bold", drawable(series.trend), xAxis, yAxis)) }
    } else {
      let middle = (Self.area.left + Self.area.right) / 2
      parts.append(
        "<text class=\"vp-label\" x=\"\(coordinate(middle))\" y=\"130\" text-anchor=\"middle\">"
          + "no finite value was logged</text>")
    }
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  private func drawable(_ points: [DecimatedSeries.Point?]) -> [DecimatedSeries.Point?] {
    switch scale {
    case .linear: points
    case .logarithmic: points.map { point in point.flatMap { $0.y > 0 ? $0 : nil } }
    }
  }

  private func note(hasTrend: Bool, notFiniteCount: Int) -> String {
    var pieces: [String] = []
    if notFiniteCount > 0 { pieces.append("\(NumberText.grouped(notFiniteCount)) not finite") }
    if hasTrend { pieces.append("thin: logged, bold: trend") }
    if scale == .logarithmic { pieces.append("log scale") }
    return "<text class=\"vp-label\" x=\"\(coordinate(Self.area.right))\" y=\"22\" text-anchor=\"end\">"
      + pieces.joined(separator: " · ") + "</text>"
  }

  private func frame(_ xAxis: PlotAxis, _ yAxis: PlotAxis) -> [String] {
    let (left, top, right, bottom) = Self.area
    var parts: [String] = []
    for tick in yAxis.ticks {
      let y = vertical(tick.value, yAxis)
      parts.append("<path class=\"vp-grid\" d=\"M\(coordinate(left)) \(y)H\(coordinate(right))\"/>")
      parts.append(
        "<text class=\"vp-tick\" x=\"\(coordinate(left - 8))\" y=\"\(y)\" dy=\".35em\" "
          + "text-anchor=\"end\">\(tick.label)</text>")
    }
    parts.append(
      "<path class=\"vp-axis\" d=\"M\(coordinate(left)) \(coordinate(bottom))H\(coordinate(right))\"/>")
    for tick in xAxis.ticks {
      let x = horizontal(tick.value, xAxis)
      parts.append("<path class=\"vp-axis\" d=\"M\(x) \(coordinate(bottom))v4\"/>")
      parts.append(
        "<text class=\"vp-tick\" x=\"\(x)\" y=\"\(coordinate(bottom + 17))\" "
          + "text-anchor=\"middle\">\(tick.label)</text>")
    }
    let (middleX, middleY) = (coordinate((left + right) / 2), coordinate((top + bottom) / 2))
    parts.append(
      "<text class=\"vp-label\" x=\"\(middleX)\" y=\"\(Self.size.height - 8)\" text-anchor=\"middle\">"
        + "\(Markup.escaped(xLabel))</text>")
    parts.append(
      "<text class=\"vp-label\" x=\"14\" y=\"\(middleY)\" text-anchor=\"middle\" "
        + "transform=\"rotate(-90 14 \(middleY))\">\(Markup.escaped(yLabel))</text>")
    return parts
  }

  private func path(
    _ name: String, _ points: [DecimatedSeries.Point?], _ xAxis: PlotAxis, _ yAxis: PlotAxis
  ) -> String {
    var data = ""
    for (index, point) in points.enumerated() {
      guard let point else { continue }
      let begins = index == 0 || points[index - 1] == nil
      let alone = begins && (index + 1 == points.count || points[index + 1] == nil)
      data += "\(begins ? "M" : "L")\(horizontal(point.x, xAxis)) \(vertical(point.y, yAxis))"
      if alone { data += "h0" }
    }
    return "<path class=\"\(name)\" d=\"\(data)\"/>"
  }

  private func horizontal(_ x: Double, _ axis: PlotAxis) -> String {
    coordinate(Self.area.left + axis.fraction(of: x) * (Self.area.right - Self.area.left))
  }

  private func vertical(_ y: Double, _ axis: PlotAxis) -> String {
    coordinate(Self.area.bottom - axis.fraction(of: y) * (Self.area.bottom - Self.area.top))
  }

  /// A coordinate to a tenth of a unit.
  private func coordinate(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  private static let style = """
    .vitrail-plot{--vp-ink:#1d2733;--vp-muted:#5c6875;--vp-grid:#e3e7ec;--vp-accent:#2464a4;\
    display:block;width:100%;height:auto;font:12px system-ui,sans-serif}\
    @media (prefers-color-scheme:dark){.vitrail-plot{--vp-ink:#e6eaef;--vp-muted:#9aa6b2;\
    --vp-grid:#2c343d;--vp-accent:#7ab5ee}}\
    .vp-title{font-size:14px;font-weight:600;fill:var(--vp-ink)}\
    .vp-label,.vp-tick{fill:var(--vp-muted)}\
    .vp-grid{stroke:var(--vp-grid)}.vp-axis{stroke:var(--vp-muted)}\
    .vp-line{fill:none;stroke:var(--vp-accent);stroke-linejoin:round;stroke-linecap:round}\
    .vp-thin{stroke-width:.8;stroke-opacity:.4}.vp-bold{stroke-width:2}
    """
}
