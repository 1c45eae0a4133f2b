/// LayerNorms around the patch projection (Kumar et al., 2023).
public enum PatchNorm: String, Codable, Sendable, CaseIterable {
  /// The projection alone.
  case none
  /// A LayerNorm of the pixels of each patch.
  case pre
  /// A LayerNorm of each embedding, before positions are added.
  case post
  /// Both: Dual PatchNorm.
  case dual
}
