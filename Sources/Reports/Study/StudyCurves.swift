import Foundation
import Records

/// Loss and effective rank of a table's variants, each over the share of its steps that was done.
///
/// Variants with different objectives have losses of different units. Where every one logs `baselineLoss`, its mean is
/// the unit; otherwise losses are drawn as they are.
struct StudyCurves {
  private struct Variant {
    let name: String
    let steps: Double
    let log: MetricsSummary
  }

  private let variants: [Variant]

  /// Reads the log of each variant's first run that has ended; variants without a readable log are left out.
  init(_ table: StudyResults.Table, in folder: URL) {
    variants = table.rows.compactMap { row in
      guard let run = row.runs.first(where: { $0.result != nil }), let result = run.result,
        let log = try? MetricsSummary(
          contentsOf: RunFile.metrics.url(in: folder.appendingPathComponent(run.folder)))
      else { return nil }
      return Variant(name: row.name, steps: Double(max(1, result.plannedSteps)), log: log)
    }
  }

  /// The SVG elements: a plot for as many variants as their names have room for, first of losses, then of ranks.
  var drawings: [String] {
    let baselines = variants.map { variant in
      variant.log[.baselineLoss].flatMap { Self.mean($0.trend) }.flatMap { $0 > 0 ? $0 : nil }
    }
    let isRelative = baselines.allSatisfy { $0 != nil }
    let losses = zip(variants, baselines).map { variant, baseline in
      line(variant, variant.log[.loss]?.trend ?? [], unit: isRelative ? baseline ?? 1 : 1)
    }
    let ranks = variants.compactMap { variant in
      variant.log[.rankMe].map { line(variant, $0.trend, unit: 1) }
    }
    return Self.plots(.loss, unit: isRelative ? "loss / baseline" : nil, losses, .logarithmic)
      + Self.plots(.rankMe, ranks, .linear)
  }

  private func line(
    _ variant: Variant, _ points: [DecimatedSeries.Point?], unit: Double
  ) -> CurvePlot.Line {
    CurvePlot.Line(
      name: variant.name, points: points.compactMap(\.self).map { ($0.x / variant.steps, $0.y / unit) })
  }

  private static func plots(
    _ metric: Metric, unit: String? = nil, _ lines: [CurvePlot.Line], _ scale: PlotAxis.Scale
  ) -> [String] {
    guard let words = metric.field.plot else { return [] }
    var groups: [[CurvePlot.Line]] = []
    for line in lines where !line.points.isEmpty {
      if let last = groups.last, CurvePlot.hasRoom(for: (last + [line]).map(\.name)) {
        groups[groups.count - 1].append(line)
      } else {
        groups.append([line])
      }
    }
    let plot = CurvePlot(
      title: words.title, xLabel: "share of the steps", yLabel: unit ?? words.unit, scale: scale)
    return groups.map { plot.svg($0) }
  }

  private static func mean(_ points: [DecimatedSeries.Point?]) -> Double? {
    let values = points.compactMap { $0?.y }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
