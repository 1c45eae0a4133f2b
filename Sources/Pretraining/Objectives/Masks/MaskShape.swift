import Tensors

/// How the masked patches of an image lie to each other.
public enum MaskShape: String, Codable, Sendable, CaseIterable {
  /// Anywhere, each patch for itself (He et al., 2021).
  case random
  /// In rectangles (Bao et al., 2021).
  case block
  /// The visible ones in a regular pattern: at 0.75 one of each 2 × 2 (He et al., 2021).
  case grid

  /// Draws masks of rows × columns patches that leave `keep` visible, from each sample's own stream.
  package func mask(for identity: SampleIdentity, rows: Int, columns: Int, keep: Int) -> PatchMask {
    let patchCount = rows * columns
    switch self {
    case .random:
      return PatchMask(for: identity, patchCount: patchCount, keep: keep)
    case .block:
      let blocks = BlockMask(rows: rows, columns: columns, count: patchCount - keep)
      return PatchMask(for: identity) { blocks.draw(from: &$0) }
    case .grid:
      let pattern = GridMask(rows: rows, columns: columns, keep: keep)
      return PatchMask(for: identity) { pattern.draw(from: &$0) }
    }
  }
}
