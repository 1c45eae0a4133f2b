/// Parts of other libraries' encoders that Vitrail's has not, by what the names of their tensors contain.
enum UnreadParts {
  private static let known: [(mark: String, what: String)] = [
    ("dist_token", "DeiT's distilled token"),
    ("relative_position", "a relative position bias (BEiT)"),
    ("rel_pos", "a relative position bias"),
    ("norm_pre", "a norm of the tokens before the first block (CLIP)"),
    ("fc_norm", "a norm of the pooled tokens"),
    ("attn.norm", "a norm in the middle of attention"),
    ("mlp.norm", "a norm in the middle of the MLP"),
    ("gamma_1", "LayerScale under BEiT's names"),
    ("attn_pool", "a pooling by attention"),
  ]

  /// What a tensor is of; nil where it is nothing known.
  static func reason(for name: String) -> String? { known.first { name.contains($0.mark) }?.what }
}
