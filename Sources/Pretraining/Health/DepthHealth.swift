/// How the blocks of a model fare at one step; a line of `health.jsonl`.
public struct DepthHealth: Codable, Sendable, Equatable {
  /// What the weights of the blocks are compared with by `rotation`.
  public enum Origin: String, Codable, Sendable {
    /// The weights that the seed gives.
    case seed
    /// Other weights that the run started from; they are in `initial.safetensors`.
    case start
  }

  /// The step, from 1: activations and gradients are those before its update, weights those after it.
  public var step: Int
  /// What `rotation` counts from.
  public var rotationFrom: Origin
  /// The stacks of blocks by name: `encoder`, and `decoder` where there is one.
  public var stacks: [String: StackHealth]
}

/// An entry for each block of a stack, the first block first; null where a value is not finite.
public struct StackHealth: Codable, Sendable, Equatable {
  /// Mean of the squares of the stream after the block.
  public var meanSquare: [Double?]
  /// Variance over the channels of a token of that stream, averaged over tokens.
  public var variance: [Double?]
  /// Entropy of the attention of a query in nats, averaged over queries, heads, branches and samples.
  public var attentionEntropy: [Double?]
  /// Norm of the gradient of the whole batch, before clipping, with respect to all parameters of the block.
  public var gradientNorm: [Double?]
  /// ‖ΔW‖ / ‖W‖ of the step's update, over all matrices of the block taken as one vector.
  public var updateRatio: [Double?]
  /// 1 − cos between the matrices of the block, taken as one vector, and their start (after Carbonnelle &
  /// De Vleeschouwer, 2018, who take each matrix alone).
  public var rotation: [Double?]

  init(depth: Int) {
    let nothing = [Double?](repeating: nil, count: depth)
    (meanSquare, variance, attentionEntropy) = (nothing, nothing, nothing)
    (gradientNorm, updateRatio, rotation) = (nothing, nothing, nothing)
  }
}
