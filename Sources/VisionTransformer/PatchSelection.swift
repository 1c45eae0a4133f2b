import Tensors

/// Which patches an encoder reads, and how: what a self-supervised task changes about its input.
///
/// B batch, L patches of an image, K of them encoded, M of these changed; the same numbers in every sample.
public struct PatchSelection: Sendable {
  /// Some of the encoded patches, and the token that stands in for a part of them.
  public struct Replacement: Sendable {
    /// The token [1, 1, D].
    public var token: Parameter
    /// Which of the encoded patches, [B·M], each from 0 to below K, none of a sample twice.
    public var patches: [Int32]

    /// Creates a replacement.
    public init(by token: Parameter, of patches: [Int32]) {
      self.token = token
      self.patches = patches
    }
  }

  /// Places of the patches to encode, [B·K], in the order of their tokens; nil for all L in order.
  public var patchIndices: [Int32]?
  /// How many of them are keys and values in every block, the first of each sample, beside class token and registers;
  /// the others only look on. Nil: all.
  public var contextCount: Int?
  /// Patches whose embeddings are hidden behind a token; their positions stay (SimMIM, Xie et al., 2021).
  public var hidden: Replacement?
  /// Patches whose positions are hidden behind a token; their embeddings stay (DropPos, Wang et al., 2023).
  public var unplaced: Replacement?
  /// How the images were cut, where they are of another size than the model's; positions are interpolated.
  public var grid: PatchGrid?

  /// All patches in order, or those at `patchIndices`.
  public init(patchIndices: [Int32]? = nil, grid: PatchGrid? = nil) {
    self.patchIndices = patchIndices
    self.grid = grid
  }
}
