/// A quantity over the blocks of a stack, a line for each of a few steps, as a piece of SVG.
///
/// Early steps are blue and late ones orange. Logarithmic where the highest value is 20 times the lowest or more.
struct DepthPlot {
  /// The values at a step, from the first block on; nil where there is none.
  struct Line: Sendable, Equatable {
    let step: Int
    let values: [Double?]
  }

  let title, yLabel: String
  let lines: [Line]

  /// The SVG element; nil when there is nothing to show.
  var svg: String? {
    let finite = lines.flatMap(\.values).compactMap(\.self).filter { $0.magnitude <= 1e100 }
    guard let low = finite.min(), let high = finite.max(),
      let depth = lines.map(\.values.count).max()
    else { return nil }
    let positive = finite.filter { $0 > 0 }
    let lowest = positive.min() ?? 0
    let isWide = low >= 0 && lowest > 0 && high >= 20 * lowest
    let yAxis = isWide ? PlotAxis(.logarithmic, lowest...high) : PlotAxis(.linear, low...high)
    let xAxis = PlotAxis.linear(1...Double(max(depth, 2)), widened: false, whole: true)
    let frame = PlotFrame(title: title, xLabel: "block", yLabel: yLabel, yAxis: yAxis)
    var parts = isWide ? [frame.note("log scale")] : []
    parts += frame.axes(xAxis, yAxis)
    for (index, line) in lines.enumerated() {
      let points = line.values.enumerated().map { block, value -> DecimatedSeries.Point? in
        guard let value, value.magnitude <= 1e100, !isWide || value > 0 else { return nil }
        return DecimatedSeries.Point(x: Double(block + 1), y: value)
      }
      parts.append(frame.path("vp-line vp-bold", points, xAxis, yAxis, style: "stroke:\(colour(index))"))
    }
    return frame.svg(parts + legend)
  }

  /// The steps in their colours, under the title.
  private var legend: [String] {
    var x = PlotFrame.area.left
    let heading = "<text class=\"vp-label\" x=\"\(PlotFrame.coordinate(x))\" y=\"36\">step</text>"
    x += 32
    return [heading]
      + lines.enumerated().map { index, line in
        let label = NumberText.grouped(line.step)
        defer { x += Double(label.count) * 7 + 14 }
        return "<text class=\"vp-step\" x=\"\(PlotFrame.coordinate(x))\" y=\"36\" "
          + "style=\"fill:\(colour(index))\">\(label)</text>"
      }
  }

  private func colour(_ index: Int) -> String {
    let share = lines.count > 1 ? Double(index) / Double(lines.count - 1) : 1
    // From blue over violet and red to orange: hues that are read on white and on black.
    return "hsl(\(Int((220 + 170 * share).rounded()) % 360) 65% 52%)"
  }
}
