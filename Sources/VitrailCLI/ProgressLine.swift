import Foundation
import Platform
import Pretraining

/// Progress on standard error: a bar that rewrites itself on a terminal, a plain line now and then otherwise.
final class ProgressLine {
  private let isTerminal = isatty(2) == 1
  private var lastDrawn = 0.0
  private var lastLength = 0
  // The job that is shown, how many of its images were done when it was first shown, and when that was.
  private var job = (stage: "", done: 0, start: 0.0)

  // An error is told on a line of its own.
  deinit { finish() }

  /// Shows training progress.
  func show(_ progress: PretrainingRun.Progress) {
    let isLast = progress.step == progress.totalSteps
    draw(isLast: isLast, fraction: Double(progress.step) / Double(progress.totalSteps)) {
      var parts = [
        "step \(progress.step)/\(progress.totalSteps)", "epoch \(fixed(progress.epoch, 2))",
        "loss \(fixed(progress.loss, 4))",
        "\(fixed(progress.imagesPerSecond, progress.imagesPerSecond < 10 ? 1 : 0)) img/s",
        "data wait \(fixed(progress.dataWait * 100, 1)) %", "\(duration(progress.secondsLeft)) left",
      ]
      if let health = progress.features { parts += text(of: health) }
      if progress.badImages > 0 { parts.append("\(progress.badImages) bad images") }
      return parts.joined(separator: "  ")
    }
  }

  /// The rank of the features, of the highest that it could be, and their spread.
  private func text(of health: FeatureHealth) -> [String] {
    [
      health.rankMe.map { "rank \(fixed($0, $0 < 10 ? 1 : 0))/\(min(health.samples, health.width))" },
      health.featureStd.map { "std \(fixed($0, 2))" },
    ].compactMap(\.self)
  }

  /// Says something on a line of its own above the progress.
  func warn(_ text: String) {
    finish()
    write("warning: \(text)\n")
    lastDrawn = 0
  }

  /// Says something on a line of its own above the progress.
  func say(_ text: String) {
    finish()
    write(text + "\n")
  }

  /// Shows the share done of a named job.
  func show(_ stage: String, _ fraction: Double, rate: Double? = nil) {
    draw(isLast: fraction >= 1, fraction: fraction) {
      rate.map { "\(stage)  \(fixed($0, 0)) img/s" } ?? stage
    }
  }

  /// Shows how many images of a job are done, and from the second time on at which rate and the time left.
  func show(_ stage: String, done: Int, of total: Int) {
    if stage != job.stage { job = (stage, done, Clock.seconds) }
    draw(isLast: done >= total, fraction: Double(done) / Double(max(1, total))) {
      let text = "\(stage)  \(done)/\(total) images"
      guard done > job.done else { return text }
      let rate = Double(done - job.done) / max(Clock.seconds - job.start, 1e-9)
      return text + "  \(fixed(rate, rate < 10 ? 1 : 0)) img/s  \(duration(Double(total - done) / rate)) left"
    }
  }

  /// Ends a line that rewrites itself.
  func finish() {
    if lastLength > 0 { write("\n") }
    lastLength = 0
  }

  private func draw(isLast: Bool, fraction: Double, _ text: () -> String) {
    let now = Clock.seconds
    guard isLast || now - lastDrawn >= (isTerminal ? 0.1 : 15) else { return }
    lastDrawn = now
    guard isTerminal else { return write(text() + "\n") }
    let width = 24
    let filled = Int((max(0, min(1, fraction)) * Double(width)).rounded(.down))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let line = "\(bar) \(fixed(fraction * 100, 0)) %  \(text())"
    write("\r" + line + String(repeating: " ", count: max(0, lastLength - line.count)))
    lastLength = line.count
    if isLast { finish() }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.rawBytes)) }
}

/// A number with that many digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// Seconds as `1 h 02 min`, `3 min 20 s` or `45 s`.
func duration(_ seconds: Double) -> String {
  let total = Int(max(0, seconds).rounded())
  if total >= 3600 { return "\(total / 3600) h \(String(format: "%02d", total % 3600 / 60)) min" }
  if total >= 60 { return "\(total / 60) min \(String(format: "%02d", total % 60)) s" }
  return "\(total) s"
}
