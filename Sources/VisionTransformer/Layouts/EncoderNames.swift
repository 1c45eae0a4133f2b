/// What a library calls the parts of an encoder.
public struct EncoderNames: Sendable {
  /// The class token [1, 1, D].
  public var classToken = "cls_token"
  /// The register tokens [1, R, D].
  public var registers = "reg_token"
  /// The table of positions.
  public var positions = "pos_embed"
  /// The projection of a patch's pixels, a convolution [D, C, P, P] with a bias.
  public var patchProjection = "patch_embed.proj"
  /// The norm of a patch's pixels, of which no library has one: Vitrail writes it with a module that has.
  public var pixelNorm = "patch_embed.pre_norm"
  /// The norm of what that gives.
  public var patchNorm = "patch_embed.norm"
  /// The norm of all tokens before the first block.
  public var entryNorm = "norm_pre"
  /// What precedes the number of a block.
  public var blocks = "blocks"
  /// The norm before attention.
  public var norm1 = "norm1"
  /// The projection to queries, keys and values: one name of all, or three.
  public var queryKeyValue = ["attn.qkv"]
  /// The norm of each head's queries, and that of its keys.
  public var queryNorm = "attn.q_norm", keyNorm = "attn.k_norm"
  /// The projection behind attention.
  public var projection = "attn.proj"
  /// LayerScale of attention.
  public var scale1 = "ls1.gamma"
  /// The norm before the MLP.
  public var norm2 = "norm2"
  /// The layers of the MLP.
  public var hidden = "mlp.fc1", output = "mlp.fc2"
  /// The layers of an MLP with a gate where they have other names: one of gate and gated, or two, and the output.
  public var gatedHidden = ["mlp.w12"], gatedOutput = "mlp.w3"
  /// LayerScale of the MLP.
  public var scale2 = "ls2.gamma"
  /// The norm behind the last block.
  public var finalNorm = "norm"
  /// The norm of the pooled vector, where it stands instead of that.
  public var pooledNorm = "fc_norm"

  /// Vitrail's own names: those of timm.
  public init() {}

  /// The same names with changes.
  func with(_ change: (inout Self) -> Void) -> Self {
    var copy = self
    change(&copy)
    return copy
  }

  /// The name of a part of a block, its number from 0.
  func inBlock(_ number: Int, _ part: String) -> String { "\(blocks).\(number).\(part)" }
}
