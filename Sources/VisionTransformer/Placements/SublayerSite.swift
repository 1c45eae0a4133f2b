import Tensors

/// Which sublayer of a stack of blocks is meant.
public struct SublayerSite: Sendable, Equatable {
  /// Attention or MLP.
  public let kind: Sublayer
  /// The block, from 0.
  public let layer: Int
  /// Number of blocks.
  public let depth: Int
  /// Width of the stream, D.
  public let width: Int
  /// The branch among parallel ones, from 0; nil when the sublayer has one.
  public let branch: Int?

  /// Creates a sublayer.
  public init(_ kind: Sublayer, layer: Int, depth: Int, width: Int, branch: Int? = nil) {
    self.kind = kind
    self.layer = layer
    self.depth = depth
    self.width = width
    self.branch = branch
  }

  /// The name that public checkpoints give to the sublayer's norm.
  public var normName: String {
    if branch != nil { return "norm" }
    return kind == .attention ? "norm1" : "norm2"
  }

  /// The name of a norm of what the sublayer gives: `attn_ln` as in fairseq's NormFormer, `ffn_ln` by analogy.
  var outputNormName: String { kind == .attention ? "attn_ln" : "ffn_ln" }

  /// A norm of vectors of the stream's width at this sublayer.
  func norm(_ role: NormSite.Role) -> NormSite { NormSite(role, width: width, sublayer: self) }
}
