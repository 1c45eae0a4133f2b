import Foundation
import Platform

/// What `health.jsonl` tells about the blocks of a run, thinned to a few steps spread over it.
struct HealthSummary: Sendable {
  /// What is logged of each block.
  enum Quantity: String, CaseIterable {
    case meanSquare, variance, attentionEntropy, gradientNorm, updateRatio, rotation

    /// The heading of its plot.
    var title: String {
      switch self {
      case .meanSquare: "mean square of the stream"
      case .variance: "variance of the stream"
      case .attentionEntropy: "attention entropy"
      case .gradientNorm: "gradient norm"
      case .updateRatio: "update to weight ratio"
      case .rotation: "layer rotation"
      }
    }

    /// Its vertical axis.
    var unit: String {
      switch self {
      case .meanSquare: "mean square"
      case .variance: "variance in a token"
      case .attentionEntropy: "nats"
      case .gradientNorm: "Euclidean norm"
      case .updateRatio: "‖ΔW‖ / ‖W‖"
      case .rotation: "1 − cos to the start"
      }
    }
  }

  /// The stacks of blocks, those of an encoder first.
  private(set) var stacks: [String] = []
  /// Lines that were no whole object with a step.
  private(set) var unreadableCount = 0
  /// Whether the run began with weights that its seed does not give.
  private(set) var startedFromOtherWeights = false
  private var entries: [(step: Int, stacks: JSONValue)] = []

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
    var latest: (step: Int, stacks: JSONValue)?
    try LineReader.forEachLine(of: url, limit: size) { text in
      guard let line = try? JSONDecoder().decode(JSONValue.self, from: Data(text)),
        let step = line["step"]?.number.flatMap(Int.init(exactly:)), let stacks = line["stacks"]
      else {
        if text.contains(where: { $0 > 32 }) { summary.unreadableCount += 1 }
        return
      }
      if line["rotationFrom"]?.string == "start" { summary.startedFromOtherWeights = true }
      latest = (step, stacks)
      if count % stride == 0 { summary.entries.append((step, stacks)) }
      count += 1
      if summary.entries.count > Self.limit {
        summary.entries = summary.entries.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        stride *= 2
      }
    }
    if let latest, summary.entries.last?.step != latest.step { summary.entries.append(latest) }
    let names = Set(
      summary.entries.flatMap { entry -> [String] in
        if case .object(let stacks) = entry.stacks { Array(stacks.keys) } else { [] }
      })
    let order = ["encoder"]
    summary.stacks = order.filter(names.contains) + names.subtracting(order).sorted()
    self = summary
  }

  /// The values of a quantity by block, at a few steps, the first and the last among them.
  func lines(of quantity: Quantity, in stack: String) -> [DepthPlot.Line] {
    let found = entries.compactMap { step, stacks -> DepthPlot.Line? in
      guard case .array(let values)? = stacks[stack]?[quantity.rawValue] else { return nil }
      return DepthPlot.Line(step: step, values: values.map(\.number))
    }
    guard found.count > Self.shown else { return found }
    return (0..<Self.shown).map { found[$0 * (found.count - 1) / (Self.shown - 1)] }
  }
}
