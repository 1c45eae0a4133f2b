/// Which activations the backward pass computes again instead of keeping them (Chen et al., 2016).
public enum Recompute: String, Codable, Sendable, CaseIterable, Comparable {
  /// All are kept, but for the GELUs of plain MLPs and attention probabilities, which are always computed again.
  case none
  /// The projection and the output of every attention, and the norm before it.
  case attention
  /// Everything inside a block: what is kept is the stream between blocks.
  case block

  /// Whether the left one keeps more than the right one.
  public static func < (left: Recompute, right: Recompute) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .none: 0
    case .attention: 1
    case .block: 2
    }
  }
}
