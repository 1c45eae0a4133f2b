import Records

/// The numbers with a plot, each over the steps.
struct MetricCurves: Sendable {
  private struct Curve {
    let metric: Metric
    let isOfFeatures: Bool
    var series = DecimatedSeries()
    var isLogged = false
  }

  private var curves = Metric.drawn.map { Curve(metric: $0, isOfFeatures: $0.field.isOfFeatures) }

  /// The curve of a number; nil where it has no plot, and of what was never measured.
  subscript(metric: Metric) -> DecimatedSeries? {
    curves.first { $0.metric == metric && ($0.isLogged || !$0.isOfFeatures) }?.series
  }

  /// Adds a line. A number that every line should have leaves a gap where this one has none.
  mutating func append(_ line: MetricsLine) {
    for index in curves.indices {
      let value = line[curves[index].metric]
      guard value != nil || !curves[index].isOfFeatures else { continue }
      curves[index].series.append(x: Double(line.step), y: value ?? .nan)
      curves[index].isLogged = true
    }
  }
}
