import Foundation
import Platform
import Pretraining

/// Progress on standard error: a bar that rewrites itself on a terminal, a plain line now and then otherwise.
final class ProgressLine {
  private let isTerminal = isatty(2) == 1
  private var lastDrawn = 0.0
  // The line that is on the terminal and can be rewritten.
  private var live: LiveLine?
  // The job that is shown, how many of its images were done when it was first shown, and when that was.
  private var job = (stage: "", done: 0, start: 0.0)

  // An error is told on a line of its own.
  deinit { finish() }

  /// Shows training progress.
  func show(_ progress: TrainingReport) {
    let isLast = progress.step == progress.totalSteps
    draw(isLast: isLast, fraction: Double(progress.step) / Double(progress.totalSteps)) {
      // What a narrow terminal has no room for is dropped from the end.
      var fields = [
        "step \(progress.step)/\(progress.totalSteps)", "loss \(fixed(progress.loss, 4))",
        "\(duration(progress.secondsLeft)) left",
        "\(fixed(progress.imagesPerSecond, progress.imagesPerSecond < 10 ? 1 : 0)) img/s",
      ]
      if progress.badImages > 0 {
        fields.append("\(progress.badImages) bad image" + (progress.badImages == 1 ? "" : "s"))
      }
      fields.append("epoch \(fixed(progress.epoch, 2))")
      if let text = progress.features.flatMap(Self.text) {
        fields.append(progress.featuresStep == 1 ? "\(text) at step 1" : text)
      }
      return fields + ["data wait \(fixed(progress.dataWait * 100, 1)) %"]
    }
  }

  /// The rank of the features, of the highest that it could be, and their spread.
  private static func text(of health: FeatureHealth) -> String? {
    let parts = [
      health.rankMe.map { "rank \(fixed($0, $0 < 10 ? 1 : 0))/\(min(health.samples, health.width))" },
      health.featureStd.map { "std \(fixed($0, 2))" },
    ].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  /// Warns on a line of its own above the progress.
  func warn(_ text: String) { say("warning: \(text)") }

  /// Says something on a line of its own above the progress.
  func say(_ text: String) {
    clear()
    write(text.printableLines + "\n")
    lastDrawn = 0
  }

  /// Shows the share done of a named job.
  func show(_ stage: String, _ fraction: Double, rate: Double? = nil) {
    draw(isLast: fraction >= 1, fraction: fraction) {
      [stage] + (rate.map { ["\(fixed($0, 0)) img/s"] } ?? [])
    }
  }

  /// Shows how many images of a job are done, and from the second time on at which rate and the time left.
  func show(_ stage: String, done: Int, of total: Int) {
    if stage != job.stage { job = (stage, done, Clock.seconds) }
    draw(isLast: done >= total, fraction: Double(done) / Double(max(1, total))) {
      let fields = [stage, "\(done)/\(total) images"]
      guard done > job.done else { return fields }
      let rate = Double(done - job.done) / max(Clock.seconds - job.start, 1e-9)
      return fields + [
        "\(fixed(rate, rate < 10 ? 1 : 0)) img/s", "\(duration(Double(total - done) / rate)) left",
      ]
    }
  }

  /// Leaves the line that rewrites itself as it is, and goes on below it.
  func finish() {
    guard let live else { return }
    // Drawn once more: the terminal may have become narrower.
    write(live.text(columns: Terminal.columns) + "\n")
    self.live = nil
  }

  /// Takes the line that rewrites itself off the terminal.
  func clear() {
    guard live != nil else { return }
    write(LiveLine.erasure)
    live = nil
  }

  private func draw(isLast: Bool, fraction: Double, _ fields: () -> [String]) {
    let now = Clock.seconds
    guard isLast || now - lastDrawn >= (isTerminal ? 0.1 : 15) else { return }
    lastDrawn = now
    guard isTerminal else { return write(fields().joined(separator: "  ") + "\n") }
    let line = LiveLine(fraction: fraction, fields: fields())
    live = line
    if isLast { return finish() }
    write(line.text(columns: Terminal.columns) + "\r")
  }

  private func write(_ text: String) { StandardError.write(text) }
}

/// A number with that many digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// Seconds as `1 h 02 min`, `3 min 20 s` or `45 s`.
func duration(_ seconds: Double) -> String {
  let total = Int(max(0, min(seconds, 1e15)).rounded())
  if total >= 3600 { return "\(total / 3600) h \(String(format: "%02d", total % 3600 / 60)) min" }
  if total >= 60 { return "\(total / 60) min \(String(format: "%02d", total % 60)) s" }
  return "\(total) s"
}
