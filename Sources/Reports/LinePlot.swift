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
  package static let area = PlotFrame.area

  /// The SVG element. It carries its own style and may stand alone or inside HTML.
  ///
  /// A second line, `reference`, is dashed; its `name` says beside the title what it is.
  public func svg(
    _ series: DecimatedSeries, reference: (name: String, series: DecimatedSeries)? = nil
  ) -> String {
    let outline = drawable(series.outline)
    let other = reference.map { drawable($0.series.outline) } ?? []
    let values = (outline.contains { $0 != nil } ? outline + other : outline).compactMap { $0?.y }
    guard let low = values.min(), let high = values.max(), let xRange = series.xRange else {
      let frame = PlotFrame(title: title, xLabel: xLabel, yLabel: yLabel)
      return frame.svg([frame.nothing])
    }
    let lowest = beginsAtZero && scale == .linear ? min(0, low) : low
    let highest = beginsAtZero && scale == .linear ? max(0, high) : high
    let yAxis = PlotAxis(scale, lowest...highest)
    let beginsNearZero = xRange.lowerBound > 0 && xRange.lowerBound < 0.05 * xRange.upperBound
    let xAxis = PlotAxis.linear(beginsNearZero ? 0...xRange.upperBound : xRange, widened: false, whole: true)
    let hasTrend = showsTrend && outline.count >= 10
    let dashed = other.contains { $0 != nil } ? reference.map { "dashed: \($0.name)" } : nil
    let note = note(hasTrend: hasTrend, notFiniteCount: series.notFiniteCount, dashed: dashed)
    let frame = PlotFrame(title: title, xLabel: xLabel, yLabel: yLabel, yAxis: yAxis)
    var parts = [frame.note(note)]
    parts += frame.axes(xAxis, yAxis)
    if dashed != nil {
      parts.append(frame.path("vp-line vp-other", other, xAxis, yAxis, style: "stroke-dasharray:6 5"))
    }
    parts.append(frame.path("vp-line \(hasTrend ? "vp-thin" : "vp-bold")", outline, xAxis, yAxis))
    if hasTrend { parts.append(frame.path("vp-line vp-bold", drawable(series.trend), xAxis, yAxis)) }
    return frame.svg(parts)
  }

  private func drawable(_ points: [DecimatedSeries.Point?]) -> [DecimatedSeries.Point?] {
    switch scale {
    case .linear: points
    case .logarithmic: points.map { point in point.flatMap { $0.y > 0 ? $0 : nil } }
    }
  }

  private func note(hasTrend: Bool, notFiniteCount: Int, dashed: String?) -> String {
    var pieces = [dashed.map { Markup.escaped($0) }].compactMap(\.self)
    if notFiniteCount > 0 { pieces.append("\(NumberText.grouped(notFiniteCount)) not finite") }
    if hasTrend { pieces.append("thin: logged, bold: trend") }
    if scale == .logarithmic { pieces.append("log scale") }
    return pieces.joined(separator: " · ")
  }
}
