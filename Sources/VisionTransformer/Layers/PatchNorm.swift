/// Where norms stand around the patch projection (Kumar et al., 2023).
public enum PatchNorm: String, Codable, Sendable, CaseIterable {
  /// The projection alone.
  case none
  /// A norm of the pixels of each patch.
  case pre
  /// A norm of each embedding, before positions are added.
  case post
  /// Both: Dual PatchNorm.
  case dual

  /// A line for `vitrail list`.
  public var summary: String {
    switch self {
    case .none: "the patch projection alone"
    case .pre: "a norm of each patch's pixels"
    case .post: "a norm of each embedding, before positions"
    case .dual: "both: Dual PatchNorm"
    }
  }
}
