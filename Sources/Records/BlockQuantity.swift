/// What `health.jsonl` tells of each block; the name of a case is its key there.
public enum BlockQuantity: Int, CaseIterable, Sendable, CodingKey {
  /// Mean of the squares of the stream after the block.
  case meanSquare
  /// Variance over the channels of a token of that stream, averaged over tokens.
  case variance
  /// Entropy of the attention of a query in nats, averaged over queries, heads, branches and samples.
  case attentionEntropy
  /// Norm of the gradient of the whole batch, before clipping, with respect to all parameters of the block.
  case gradientNorm
  /// ‖ΔW‖ / ‖W‖ of the step's update, over all matrices of the block taken as one vector.
  case updateRatio
  /// 1 − cos between the matrices of the block, taken as one vector, and their start (after Carbonnelle &
  /// De Vleeschouwer, 2018, who take each matrix alone).
  case rotation

  /// The heading of its plot.
  public var title: String { words.title }
  /// Its vertical axis.
  public var unit: String { words.unit }

  private var words: (title: String, unit: String) {
    switch self {
    case .meanSquare: ("mean square of the stream", "mean square")
    case .variance: ("variance of the stream", "variance in a token")
    case .attentionEntropy: ("attention entropy", "nats")
    case .gradientNorm: ("gradient norm", "Euclidean norm")
    case .updateRatio: ("update to weight ratio", "‖ΔW‖ / ‖W‖")
    case .rotation: ("layer rotation", "1 − cos to the start")
    }
  }
}
