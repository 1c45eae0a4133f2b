/// The area of a line plot between its two axes: what all such plots have in common.
struct PlotFrame {
  /// The plot area in the drawing's units; every point lies inside.
  static let area = (left: 60.0, top: 40.0, right: 544.0, bottom: 220.0)
  private static let size = (width: 560, height: 264)

  let title, xLabel, yLabel: String
  /// Where the plot area begins: further to the right than `area` says where the marks of the vertical axis are long.
  private let left: Double

  /// A frame with room for the marks of `yAxis`, and for its label beside them.
  init(title: String, xLabel: String, yLabel: String, yAxis: PlotAxis? = nil) {
    (self.title, self.xLabel, self.yLabel) = (title, xLabel, yLabel)
    let longest = yAxis?.ticks.map(\.label.count).max() ?? 0
    left = max(Self.area.left, 32 + 7 * Double(longest))
  }

  /// The SVG element around `parts`; it carries its own style and may stand alone or inside HTML.
  func svg(_ parts: [String]) -> String {
    Self.svg(title, width: Self.size.width, height: Self.size.height, parts)
  }

  /// An element of any size with a title at the left of the plot area.
  static func svg(_ title: String, width: Int, height: Int, _ parts: [String]) -> String {
    let head = """
      <svg class="vitrail-plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      role="img" aria-label="\(Markup.escaped(title))">
      <style>\(style)</style>
      <text class="vp-title" x="\(coordinate(area.left))" y="22">\(Markup.escaped(title))</text>
      """
    return ([head] + parts).joined(separator: "\n") + "\n</svg>\n"
  }

  /// What is said instead of a line where there is none.
  var nothing: String {
    let middle = Self.coordinate((Self.area.left + Self.area.right) / 2)
    return "<text class=\"vp-label\" x=\"\(middle)\" y=\"130\" text-anchor=\"middle\">"
      + "no finite value was logged</text>"
  }

  /// A remark at the right, beside the title.
  func note(_ text: String) -> String {
    "<text class=\"vp-label\" x=\"\(Self.coordinate(Self.area.right))\" y=\"22\" text-anchor=\"end\">"
      + "\(text)</text>"
  }

  /// Axes, grid and labels.
  func axes(_ xAxis: PlotAxis, _ yAxis: PlotAxis) -> [String] {
    let (_, top, right, bottom) = Self.area
    let coordinate = Self.coordinate
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

  /// A line through points; nil breaks it. `style` is CSS of its own.
  func path(
    _ name: String, _ points: [DecimatedSeries.Point?], _ xAxis: PlotAxis, _ yAxis: PlotAxis,
    style: String? = nil
  ) -> String {
    var data = ""
    for (index, point) in points.enumerated() {
      guard let point else { continue }
      let begins = index == 0 || points[index - 1] == nil
      let alone = begins && (index + 1 == points.count || points[index + 1] == nil)
      data += "\(begins ? "M" : "L")\(horizontal(point.x, xAxis)) \(vertical(point.y, yAxis))"
      if alone { data += "h0" }
    }
    let own = style.map { " style=\"\($0)\"" } ?? ""
    return "<path class=\"\(name)\" d=\"\(data)\"\(own)/>"
  }

  private func horizontal(_ x: Double, _ axis: PlotAxis) -> String {
    Self.coordinate(left + axis.fraction(of: x) * (Self.area.right - left))
  }

  private func vertical(_ y: Double, _ axis: PlotAxis) -> String {
    Self.coordinate(Self.area.bottom - axis.fraction(of: y) * (Self.area.bottom - Self.area.top))
  }

  /// A coordinate to a tenth of a unit.
  static func coordinate(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  private static let style = """
    .vitrail-plot{--vp-ink:#1d2733;--vp-muted:#5c6875;--vp-grid:#e3e7ec;--vp-accent:#2464a4;\
    display:block;width:100%;height:auto;font:12px system-ui,sans-serif}\
    @media (prefers-color-scheme:dark){.vitrail-plot{--vp-ink:#e6eaef;--vp-muted:#9aa6b2;\
    --vp-grid:#2c343d;--vp-accent:#7ab5ee}}\
    .vp-title{font-size:14px;font-weight:600;fill:var(--vp-ink)}\
    .vp-label,.vp-tick{fill:var(--vp-muted)}.vp-name{fill:var(--vp-ink)}\
    .vp-grid{stroke:var(--vp-grid)}.vp-axis{stroke:var(--vp-muted)}\
    .vp-line{fill:none;stroke:var(--vp-accent);stroke-linejoin:round;stroke-linecap:round}\
    .vp-thin{stroke-width:.8;stroke-opacity:.4}.vp-bold{stroke-width:2}\
    .vp-other{stroke:var(--vp-muted);stroke-width:1.5}\
    .vp-dot{fill:var(--vp-accent)}.vp-run{fill:var(--vp-accent);fill-opacity:.35}
    """
}
