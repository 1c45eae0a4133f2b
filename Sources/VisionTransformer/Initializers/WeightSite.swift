import Tensors

/// A weight matrix [outputs, inputs] and where it stands.
public struct WeightSite: Sendable {
  /// What it is for.
  public let role: WeightRole
  /// Its rows and columns.
  public let outputs, inputs: Int
  /// Heads of the attention that it belongs to; 1 elsewhere.
  public let headCount: Int
  /// Matrices of equal height that are stacked in it: three of queries, keys and values, two of a gated MLP.
  public let matrixCount: Int
  /// The sublayer that it belongs to; nil outside of blocks.
  public let sublayer: SublayerSite?
  /// The layer that declares it: random numbers that several weights share derive from the name of its parent.
  public let scope: ParameterScope

  /// Describes a weight.
  public init(
    role: WeightRole, outputs: Int, inputs: Int, headCount: Int = 1, matrixCount: Int = 1,
    sublayer: SublayerSite? = nil, scope: ParameterScope
  ) {
    self.role = role
    self.outputs = outputs
    self.inputs = inputs
    self.headCount = headCount
    self.matrixCount = matrixCount
    self.sublayer = sublayer
    self.scope = scope
  }

  /// Columns and rows of each stacked matrix, for initialisers that count them one by one.
  var fans: (inputs: Int, outputs: Int) {
    (inputs, outputs / matrixCount)
  }
}
