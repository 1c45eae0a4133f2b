/// Means with error bars, a row for each name, as a piece of SVG.
struct ErrorBarPlot {
  /// A row; one without values stays empty.
  struct Row {
    let name: String
    let summary: MeanAndSpread?
  }

  let title: String
  let rows: [Row]

  private static let rowHeight = 20.0
  private static let (top, left, right, width) = (34.0, 190.0, 544.0, 560)
  /// Longer names are cut.
  private static let longestName = 30

  /// The SVG element; nil when no row has a value.
  var svg: String? {
    let summaries = rows.compactMap(\.summary)
    let lows = summaries.map { min($0.mean - ($0.deviation ?? 0), $0.values.min() ?? $0.mean) }
    let highs = summaries.map { max($0.mean + ($0.deviation ?? 0), $0.values.max() ?? $0.mean) }
    guard let low = lows.min(), let high = highs.max(), low.magnitude <= 1e100, high.magnitude <= 1e100
    else { return nil }
    let axis = PlotAxis.linear(low...high)
    let bottom = Self.top + Self.rowHeight * Double(rows.count)
    var parts = grid(axis, bottom)
    for (index, row) in rows.enumerated() {
      let y = Self.top + (Double(index) + 0.5) * Self.rowHeight
      parts += self.row(row, axis, y: y)
    }
    return PlotFrame.svg(title, width: Self.width, height: Int(bottom) + 28, parts)
  }

  private func grid(_ axis: PlotAxis, _ bottom: Double) -> [String] {
    let (top, bottom) = (PlotFrame.coordinate(Self.top), PlotFrame.coordinate(bottom))
    return axis.ticks.flatMap { tick in
      [
        "<path class=\"vp-grid\" d=\"M\(x(tick.value, axis)) \(top)V\(bottom)\"/>",
        "<text class=\"vp-tick\" x=\"\(x(tick.value, axis))\" y=\"\(bottom)\" dy=\"1.3em\" "
          + "text-anchor=\"middle\">\(tick.label)</text>",
      ]
    }
  }

  private func row(_ row: Row, _ axis: PlotAxis, y: Double) -> [String] {
    let height = PlotFrame.coordinate(y)
    let isLong = row.name.count > Self.longestName
    let name = isLong ? row.name.prefix(Self.longestName - 1) + "…" : row.name[...]
    let label =
      "<text class=\"vp-name\" x=\"\(PlotFrame.coordinate(Self.left - 10))\" y=\"\(height)\" dy=\".35em\" "
      + "text-anchor=\"end\">\(Markup.escaped(name))</text>"
    guard let summary = row.summary else { return [label] }
    var parts = [label]
    for value in summary.values {
      parts.append("<circle class=\"vp-run\" cx=\"\(x(value, axis))\" cy=\"\(height)\" r=\"3\"/>")
    }
    if let deviation = summary.deviation {
      let (from, to) = (x(summary.mean - deviation, axis), x(summary.mean + deviation, axis))
      parts.append(
        "<path class=\"vp-line vp-bold\" d=\"M\(from) \(height)H\(to)M\(from) \(PlotFrame.coordinate(y - 4))v8"
          + "M\(to) \(PlotFrame.coordinate(y - 4))v8\"/>")
    }
    parts.append("<circle class=\"vp-dot\" cx=\"\(x(summary.mean, axis))\" cy=\"\(height)\" r=\"4\"/>")
    return parts
  }

  private func x(_ value: Double, _ axis: PlotAxis) -> String {
    PlotFrame.coordinate(Self.left + axis.fraction(of: value) * (Self.right - Self.left))
  }
}
