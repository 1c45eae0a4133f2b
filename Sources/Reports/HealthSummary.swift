import Foundation
import Platform
import Records

/// What `health.jsonl` tells about the blocks of a run, thinned to a few steps spread over it.
struct HealthSummary: Sendable {
  /// The stacks of blocks, those of an encoder first.
  private(set) var stacks: [String] = []
  /// Lines that were no whole object with a step.
  private(set) var unreadableCount = 0
  /// Whether the run began with weights that its seed does not give.
  private(set) var startedFromOtherWeights = false
  private var entries: [DepthHealth] = []

  /// Lines that are kept at most.
  private static let limit = 128
  /// Lines that a plot shows at most.
  private static let shown = 7

  /// Reads a file; one that is absent tells nothing.
  ///
  /// - Throws: `Failure` when it cannot be read.
  init(contentsOf url: URL) throws(Failure) {
    guard let size = RunContents.size(of: url) else { return }
    var summary = self
    var (count, stride) = (0, 1)
    var latest: DepthHealth?
    try LineReader.forEachLine(of: url, limit: size) { text in
      guard let line = DepthHealth(json: text) else {
        if text.contains(where: { $0 > 32 }) { summary.unreadableCount += 1 }
        return
      }
      if line.rotationFrom == .start { summary.startedFromOtherWeights = true }
      latest = line
      if count % stride == 0 { summary.entries.append(line) }
      count += 1
      if summary.entries.count > Self.limit {
        summary.entries = summary.entries.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        stride *= 2
      }
    }
    if let latest, summary.entries.last?.step != latest.step { summary.entries.append(latest) }
    let names = Set(summary.entries.flatMap(\.stacks.keys))
    let order = ["encoder"]
    summary.stacks = order.filter(names.contains) + names.subtracting(order).sorted()
    self = summary
  }

  /// The values of a quantity by block, at a few steps, the first and the last among them.
  func lines(of quantity: BlockQuantity, in stack: String) -> [DepthPlot.Line] {
    let found = entries.compactMap { entry in
      entry.stacks[stack]?[quantity].map { DepthPlot.Line(step: entry.step, values: $0) }
    }
    guard found.count > Self.shown else { return found }
    return (0..<Self.shown).map { found[$0 * (found.count - 1) / (Self.shown - 1)] }
  }
}
