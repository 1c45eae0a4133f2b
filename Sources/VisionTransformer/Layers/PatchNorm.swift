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

  /// The one with norms before and after the projection, as asked for.
  init(pre: Bool, post: Bool) {
    self = pre ? (post ? .dual : .pre) : (post ? .post : .none)
  }

  /// Whether there is a norm before the projection.
  var isBefore: Bool { self == .pre || self == .dual }

  /// Whether there is a norm behind the projection.
  var isAfter: Bool { self == .post || self == .dual }

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
