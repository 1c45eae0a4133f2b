import Tensors

/// Attention and MLP, each joined to the stream by the rule of the placement.
public struct TransformerBlock: Sendable {
  /// What a block is made of; the same for every block of a stack.
  public struct Shape: Sendable {
    /// Width of the stream, D.
    public var width: Int
    /// Number of heads, H.
    public var headCount: Int
    /// Width of all heads together; nil means the stream's.
    public var attentionWidth: Int?
    /// Width of the MLP's hidden layer.
    public var hiddenWidth: Int
    /// Number of blocks in the stack.
    public var depth: Int
    /// Start of LayerScale, or nil for none.
    public var layerScale: Double?
    /// Drop-path rate of the last block; rates rise linearly from 0.
    public var dropPath: Double

    /// Creates a shape.
    public init(
      width: Int, headCount: Int, hiddenWidth: Int, depth: Int, layerScale: Double? = nil,
      dropPath: Double = 0
    ) {
      self.width = width
      self.headCount = headCount
      self.hiddenWidth = hiddenWidth
      self.depth = depth
      self.layerScale = layerScale
      self.dropPath = dropPath
    }
  }

  private let attentions: [Branch<Attention>]
  private let mlps: [Branch<MLP>]

  /// Declares block `layer` (from 0) of a stack.
  public init(_ shape: Shape, layer: Int, recipe: LayerRecipe, scope: ParameterScope) {
    attentions = Self.sublayers(.attention, shape, layer, recipe, scope) { sublayer, scope in
      Attention(
        sublayer, headCount: shape.headCount, innerWidth: shape.attentionWidth, recipe: recipe, scope: scope)
    }
    mlps = Self.sublayers(.mlp, shape, layer, recipe, scope) { sublayer, scope in
      MLP(sublayer, hiddenWidth: shape.hiddenWidth, recipe: recipe, scope: scope)
    }
  }

  /// x [B, N, D] → [B, N, D], or [B, K, D] with `kept` [B·K]: only those tokens go on to the MLP, for the last block of
  /// a stack whose other outputs nobody reads; they are all patches.
  public func callAsFunction(
    _ x: TokenSequence, _ tape: Tape, kept: [Int32]? = nil, _ tokens: AttentionTokens = AttentionTokens()
  ) -> TokenSequence {
    let attended = join(attentions, x, tape) { $0($1, tape, addingTo: $2, scaledBy: $3, tokens) }
    let mixed =
      kept.map { TokenSequence(tape.gather(attended.values, indices: $0)) } ?? attended
    let output = join(mlps, mixed, tape) { $0($1, tape, addingTo: $2, scaledBy: $3) }
    tape.forget(attended.values, .block)
    return output
  }

  /// One attention or MLP with all that joins it to the stream.
  private struct Branch<Layer: Sendable>: Sendable {
    let layer: Layer
    let site: any ResidualSite
    let scaling: ResidualScaling
  }

  /// Declares `norm1`, `attn`, `ls1` or `norm2`, `mlp`, `ls2`; of parallel branches `attns.j` or `ffns.j` with `norm`,
  /// `attn` or `mlp`, and `ls`, as timm names them.
  private static func sublayers<Layer>(
    _ kind: Sublayer, _ shape: Shape, _ layer: Int, _ recipe: LayerRecipe, _ scope: ParameterScope,
    make: (SublayerSite, ParameterScope) -> Layer
  ) -> [Branch<Layer>] {
    let isAttention = kind == .attention
    let rate = shape.depth > 1 ? shape.dropPath * Double(layer) / Double(shape.depth - 1) : shape.dropPath
    let count = recipe.branchCount
    return (0..<count).map { branch in
      let sublayer = SublayerSite(
        kind, layer: layer, depth: shape.depth, width: shape.width, branch: count > 1 ? branch : nil)
      let scope = (count > 1 ? scope[isAttention ? "attns" : "ffns"][branch] : scope)
        .of(kind, branch: sublayer.branch)
      let site = recipe.placement.site(sublayer, recipe: recipe, scope: scope)
      let made = make(sublayer, scope[isAttention ? "attn" : "mlp"].insideSublayer)
      let scaling = ResidualScaling(
        width: shape.width, layerScale: shape.layerScale, dropRate: rate,
        site: 2 * (layer * count + branch) + (isAttention ? 0 : 1),
        level: isAttention ? .attention : .block,
        scope: scope[count > 1 ? "ls" : isAttention ? "ls1" : "ls2"])
      return Branch(layer: made, site: site, scaling: scaling)
    }
  }

  /// x and all branches, which read x side by side.
  private func join<Layer>(
    _ sublayers: [Branch<Layer>], _ x: TokenSequence, _ tape: Tape,
    run: (_ layer: Layer, _ input: TokenSequence, _ residual: Tensor?, _ residualScale: Scalar) -> Tensor
  ) -> TokenSequence {
    var stream = x.values
    for (branch, sublayer) in sublayers.enumerated() {
      let joined = sublayer.site(x, joining: stream, tape) { input, residual in
        sublayer.scaling(input, addingTo: residual, by: sublayer.site, tape) {
          run(sublayer.layer, input, $0, $1)
        }
      }
      if branch > 0 { tape.forget(stream, .block) }
      stream = joined
    }
    return x.with(stream)
  }
}
