import Platform

/// What the probe by depth measured.
public struct LayerProbeResult: EvaluationResult, Equatable {
  /// What was measured behind one block.
  public struct Block: Codable, Sendable, Equatable {
    /// Blocks that have run, from 1.
    public let block: Int
    /// The share of test rows that are right.
    public let top1: Double
    /// Of the linear probe, its λ.
    public let l2: Double?
  }

  /// What probed.
  public let evaluator: LayerProbeOptions.Probe
  /// The blocks, first to last.
  public let blocks: [Block]

  /// Top-1 by block.
  public var baseline: [Int: Double] {
    Dictionary(uniqueKeysWithValues: blocks.map { ($0.block, $0.top1) })
  }

  /// The last block's top-1, then those of the blocks before it from the first.
  public var measures: [Measure] {
    (blocks.suffix(1) + blocks.dropLast()).map { Measure("block \($0.block)", $0.top1) }
  }

  /// λ of every block.
  public var choices: [String: JSONValue] {
    Dictionary(
      uniqueKeysWithValues: blocks.compactMap { block in
        block.l2.map { ("l2 behind block \(block.block)", .number($0)) }
      })
  }

  /// Top-1 by depth.
  public var attachments: [EvaluationAttachment] {
    [
      .curves(
        name: "depth", horizontal: "block", vertical: "top-1",
        [(evaluator.rawValue, blocks.map { (Double($0.block), $0.top1) })])
    ]
  }
}
