import Foundation
import Records

/// The HTML of a run's report.
struct ReportPage: Sendable {
  private let contents: RunContents

  /// Creates the page of a run.
  init(contents: RunContents) { self.contents = contents }

  private var metrics: MetricsSummary { contents.metrics }

  /// The whole document.
  var html: String {
    let name = contents.url.standardizedFileURL.lastPathComponent
    let sections = [
      verdict, warnings, contents.scores.flatMap { scores("Scores", $0) },
      contents.classification.flatMap { scores("Classifier", $0) }, headline, curves, features,
      contents.monitor.section, health, reconstructions, nextStep, recipe, data, badImages, remarks, foot,
    ]
    return HTMLPage.document(title: name, kind: "Vitrail pretraining run", sections.compactMap(\.self))
  }

  /// Who trained, where and when: the first session in full, and how many went on.
  private var foot: String? {
    guard let first = contents.sessions.first, let last = contents.sessions.last else { return nil }
    let later =
      contents.sessions.count == 1
      ? "" : "<br>Gone on with \(contents.sessions.count - 1) times, last by \(Markup.escaped(last.summary))"
    return
      "<footer><p>\(Markup.escaped(first.summary))<br><code>\(Markup.escaped(first.commandLine))</code>\(later)</p></footer>"
  }

  /// What it all comes to, in words: what scores say, and before there are any, what the loss says.
  private var verdict: String? {
    let scored = [contents.scores?.verdict, contents.classification?.verdict].compactMap(\.self).map {
      (text: $0.text, meaning: Optional($0.meaning), isGood: $0.isAhead)
    }
    let run = metrics.verdict.map { (text: $0.text, meaning: String?.none, isGood: $0.hasLearned) }
    let lines = (scored + [run].compactMap(\.self)).map { line in
      let detail = line.meaning.map { "<br><span class=\"detail\">\(Markup.escaped($0))</span>" } ?? ""
      let text = Markup.escaped(line.text.prefix(1).uppercased() + line.text.dropFirst())
      return "<p><strong class=\"\(line.isGood ? "better" : "worse")\">\(text)</strong>\(detail)</p>"
    }
    guard !lines.isEmpty else { return nil }
    return "<section class=\"verdict\"><h2>Verdict</h2>\n\(lines.joined(separator: "\n"))</section>"
  }

  private func scores(_ heading: String, _ scores: EvaluationScores) -> String? {
    ScoresSection(
      heading: heading, scores: scores, pictures: scores.pictures.compactMap { contents.pictures[$0.file] }
    ).html
  }

  private var headline: String {
    let trend = metrics[.loss]?.trend.last.flatMap(\.self)?.y
    let cards = [
      card("Steps", NumberText.grouped(metrics.last.step)),
      metrics.last.finite(.epoch).map { card("Epochs", NumberText.fixed($0, decimals: 1)) },
      card(
        "Final loss", NumberText.measured(metrics.last[.loss] ?? .nan),
        detail: trend.map { "trend \(NumberText.measured($0))" }),
      metrics.medianImagesPerSecond.isFinite
        ? card("Images/s", NumberText.measured(metrics.medianImagesPerSecond), detail: "median") : nil,
      metrics.dataWait.isFinite
        ? card("Waiting for data", NumberText.percentage(metrics.dataWait), detail: "of the time") : nil,
      metrics.last.finite(.seconds).map { card("Total time", NumberText.duration(seconds: $0)) },
    ]
    return "<section class=\"cards\">\n\(cards.compactMap(\.self).joined(separator: "\n"))\n</section>"
  }

  private func card(_ name: String, _ value: String, detail: String? = nil) -> String {
    let small = detail.map { "<span class=\"detail\">\($0)</span>" } ?? ""
    return
      "<div class=\"card\"><span class=\"name\">\(name)</span><span class=\"value\">\(value)</span>\(small)</div>"
  }

  private var curves: String? {
    let plots = Metric.drawn.filter { !$0.field.isOfFeatures }.compactMap { metric in
      plot(
        metric, reference: metric == .loss ? metrics[.baselineLoss].map { ("blind to the images", $0) } : nil)
    }
    guard !plots.isEmpty else { return nil }
    return "<section><h2>Curves</h2>\n<div class=\"plots\">\n\(plots.joined())</div></section>"
  }

  // A logarithmic axis shows more where the highest value is that many times the lowest.
  private static let wideRatio = 20.0

  /// A plot; nil for values never logged, but for the loss, whose absence is told.
  private func plot(
    _ metric: Metric, reference: (name: String, series: DecimatedSeries)? = nil
  ) -> String? {
    guard let words = metric.field.plot, let series = metrics[metric],
      series.yRange != nil || metric == .loss
    else { return nil }
    let isWide =
      words.axis == .decades
      && (series.yRange.map { $0.lowerBound > 0 && $0.upperBound / $0.lowerBound >= Self.wideRatio } ?? false)
    let plot = LinePlot(
      title: words.title, xLabel: "step", yLabel: words.unit, scale: isWide ? .logarithmic : .linear,
      beginsAtZero: words.axis == .fromZero, showsTrend: words.isNoisy)
    return "<figure>\(plot.svg(series, reference: reference))</figure>\n"
  }

  private var warnings: String? {
    guard !contents.warnings.isEmpty else { return nil }
    let items = contents.warnings.map { "<li>\(Markup.escaped($0))</li>" }.joined(separator: "\n")
    return "<section><h2>Warnings</h2><ul class=\"worse\">\n\(items)\n</ul></section>"
  }

  private var features: String? {
    // The loss's plot has the baseline.
    let plots = Metric.ofFeatures.filter { $0 != .baselineLoss }.compactMap { plot($0) }
    guard !plots.isEmpty else { return nil }
    return "<section><h2>Features</h2>\n<div class=\"plots\">\n\(plots.joined())</div></section>"
  }

  private var health: String? {
    let plots = contents.health.stacks.flatMap { stack in
      BlockQuantity.allCases.compactMap { quantity in
        DepthPlot(
          title: "\(stack.capitalized): \(quantity.title)", yLabel: quantity.unit,
          lines: contents.health.lines(of: quantity, in: stack)
        ).svg
      }
    }
    guard !plots.isEmpty else { return nil }
    let figures = plots.map { "<figure>\($0)</figure>\n" }.joined()
    return "<section><h2>Health by depth</h2>\n<div class=\"plots\">\n\(figures)</div></section>"
  }

  private var reconstructions: String? {
    guard !contents.reconstructions.isEmpty else { return nil }
    return "<section><h2>Reconstructions</h2>\n<div class=\"pictures\">\n"
      + "\(contents.reconstructions.map(\.figure).joined())</div></section>"
  }

  private var nextStep: String {
    let run = Self.quoted(contents.url.path)
    let (sentence, command) =
      contents.scores == nil
      ? (
        "Measure what the encoder has learned, beside baselines, then report again:",
        "vitrail evaluate --weights \(run) --train TRAIN_FOLDER --test TEST_FOLDER "
          + "--json \(Self.quoted("\(contents.url.path)/\(RunFile.evaluation.name)"))"
      )
      : (
        "Turn images into features with this encoder:",
        "vitrail embed --weights \(run) --data IMAGE_FOLDER --out FEATURE_FOLDER"
      )
    return
      "<section><h2>Next</h2><p>\(sentence)</p><pre><code>\(Markup.escaped(command))</code></pre></section>"
  }

  /// A word as a shell needs it.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_./+,:@%=".utf8.contains(byte)
      }
    }
    return isPlain ? word : "'\(word.replacingOccurrences(of: "'", with: "'\\''"))'"
  }

  private var recipe: String? {
    contents.recipe.map { text in
      "<section><details><summary>Recipe</summary><pre><code>\(Markup.escaped(text))</code></pre></details></section>"
    }
  }

  /// Which files were read, and which were not.
  private var data: String? {
    contents.data.map { data in
      let classes = data.classes > 0 ? " in \(NumberText.grouped(data.classes)) classes" : ""
      let read =
        "\(NumberText.grouped(data.images)) images\(classes) of <code>\(Markup.escaped(data.path))</code>: "
        + Markup.escaped(data.filesSummary) + "."
      let rows = data.passedOver.entries.map { entry in
        "<tr><td>\(NumberText.grouped(entry.count))</td><td>\(Markup.escaped(entry.kind))</td>"
          + "<td>\(Markup.escaped(entry.reason))</td><td><code>\(Markup.escaped(entry.example))</code></td></tr>"
      }
      let table =
        rows.isEmpty
        ? "<p>Nothing else lies there.</p>"
        : "<p>Not read:</p><table><tr><th>files</th><th>kind</th><th>why</th><th>such as</th></tr>"
          + rows.joined(separator: "\n") + "</table>"
      return "<section><h2>Images</h2><p>\(read)</p>\(table)</section>"
    }
  }

  private var badImages: String? {
    guard let count = contents.badImageCount else { return nil }
    if count == 0 { return "<section><h2>Bad images</h2><p>Every image could be read.</p></section>" }
    let more = count - contents.badImageExamples.count
    let rest = more > 0 ? "\n… and \(NumberText.grouped(more)) more in bad-images.txt" : ""
    let sentence = count == 1 ? "1 file was skipped" : "\(NumberText.grouped(count)) files were skipped"
    return "<section><details><summary>Bad images: \(sentence)</summary><pre><code>"
      + Markup.escaped(contents.badImageExamples.joined(separator: "\n") + rest)
      + "</code></pre></details></section>"
  }

  private var remarks: String? {
    var lines: [String] = []
    if metrics.replacedCount > 0 {
      lines.append(
        "The run was resumed: \(Self.lines(metrics.replacedCount)) logged before are replaced by later ones.")
    }
    if metrics.unreadableCount > 0 {
      lines.append(
        "\(Self.lines(metrics.unreadableCount)) of metrics.jsonl could not be read and were left out; "
          + "a crash while writing leaves such a line.")
    }
    if metrics.last.finite(.loss) == nil {
      lines.append("The last loss is not finite: the run has diverged. A lower learning rate may mend it.")
    }
    lines += contents.remarks
    guard !lines.isEmpty else { return nil }
    let items = lines.map { "<li>\(Markup.escaped($0))</li>" }.joined(separator: "\n")
    return "<section><h2>Remarks</h2><ul>\n\(items)\n</ul></section>"
  }

  private static func lines(_ count: Int) -> String {
    count == 1 ? "1 line" : "\(NumberText.grouped(count)) lines"
  }
}
