import Platform

/// Parts of other libraries' encoders that Vitrail's has not, by what the names of their tensors contain.
enum UnreadParts {
  private static let known: [(mark: String, what: String)] = [
    ("dist_token", "DeiT's distilled token"),
    ("relative_position", "a relative position bias (BEiT)"),
    ("rel_pos", "a relative position bias"),
    ("attn.norm", "a norm in the middle of attention"),
    ("mlp.norm", "a norm in the middle of the MLP"),
    ("gamma_1", "LayerScale under BEiT's names"),
    ("attn_pool", "a pooling by attention"),
    (".in_proj.", "attention and MLP of one projection"),
    (".attns.", "attentions and MLPs side by side in a block"),
  ]

  /// Lets names pass that are of nothing known.
  ///
  /// - Throws: `Failure` that names the first tensor of such a part.
  static func refuse(_ names: some Sequence<String>, at path: String) throws(Failure) {
    for name in names.sorted() {
      guard let part = known.first(where: { name.contains($0.mark) })?.what else { continue }
      throw Failure(
        "'\(name)' is of \(part), which Vitrail's encoder has not", at: path,
        mend: "give a plain Vision Transformer, or use this one where it was made")
    }
  }
}
