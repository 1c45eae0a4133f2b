import Tensors

/// Attention and MLP, each joined to the stream by the rule of the placement.
public struct TransformerBlock: Sendable {
  /// What a block is made of; the same for every block of a stack.
  public struct Shape: Sendable {
    /// Width of the stream, D.
    public var width: Int
    /// Number of heads, H.
    public var headCount: Int
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

  private let attention: Attention
  private let mlp: MLP
  private let attentionSite, mlpSite: any ResidualSite
  private let attentionScaling, mlpScaling: ResidualScaling

  /// Declares block `layer` (from 0) of a stack.
  public init(_ shape: Shape, layer: Int, recipe: LayerRecipe, scope: ParameterScope) {
    let dropRate = shape.depth > 1 ? shape.dropPath * Double(layer) / Double(shape.depth - 1) : shape.dropPath
    func place(_ kind: SublayerPlace.Kind) -> SublayerPlace {
      SublayerPlace(kind: kind, layer: layer, depth: shape.depth, width: shape.width)
    }
    attentionSite = recipe.placement.site(place(.attention), makeNorm: recipe.makeNorm, scope: scope)
    attention = Attention(
      width: shape.width, headCount: shape.headCount, initializer: recipe.initializer, scope: scope["attn"])
    attentionScaling = ResidualScaling(
      width: shape.width, layerScale: shape.layerScale, dropRate: dropRate, site: 2 * layer,
      scope: scope["ls1"])
    mlpSite = recipe.placement.site(place(.mlp), makeNorm: recipe.makeNorm, scope: scope)
    mlp = MLP(
      width: shape.width, hiddenWidth: shape.hiddenWidth, initializer: recipe.initializer, scope: scope["mlp"]
    )
    mlpScaling = ResidualScaling(
      width: shape.width, layerScale: shape.layerScale, dropRate: dropRate, site: 2 * layer + 1,
      scope: scope["ls2"])
  }

  /// x [B, N, D] → [B, N, D], or [B, K, D] with `kept` [B·K]: only those tokens go on to the MLP, for the last block of
  /// a stack whose other outputs nobody reads.
  public func callAsFunction(_ x: Tensor, _ tape: Tape, kept: [Int32]? = nil) -> Tensor {
    let attended = attentionSite(x, tape) { input, residual in
      attentionScaling(residual, tape) { attention(input, tape, addingTo: $0) }
    }
    let mixed = kept.map { tape.gather(attended, indices: $0) } ?? attended
    let output = mlpSite(mixed, tape) { input, residual in
      mlpScaling(residual, tape) { mlp(input, tape, addingTo: $0) }
    }
    tape.forget(attended, .block)
    return output
  }
}

/// The choices that every layer of a model shares, made into the objects that carry them out.
public struct LayerRecipe: Sendable {
  /// Makes the norm of each site.
  public let makeNorm: NormFactory
  /// Where norms stand.
  public let placement: any NormPlacement
  /// How weights start.
  public let initializer: any Initializer
}
