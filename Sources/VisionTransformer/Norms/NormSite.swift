/// Where in a model a norm stands.
public struct NormSite: Sendable, Equatable {
  /// What the norm is applied to.
  public enum Role: Sendable, CaseIterable {
    /// The pixels of a patch, before the projection.
    case patchPixels
    /// The embedding of a patch, before positions are added.
    case patchEmbedding
    /// What a sublayer reads.
    case sublayerInput
    /// What a sublayer adds to the stream.
    case sublayerOutput
    /// The stream after a residual sum.
    case stream
    /// Queries, keys or values of one head.
    case head
    /// The mixtures of all heads, before attention's projection.
    case mixture
    /// The hidden layer of an MLP, after its activation.
    case hidden
    /// The stream after the last block.
    case final
  }

  /// What the norm is applied to.
  public let role: Role
  /// Length of the vectors.
  public let width: Int
  /// The sublayer; nil outside of blocks.
  public let sublayer: SublayerSite?

  /// Creates a site.
  public init(_ role: Role, width: Int, sublayer: SublayerSite? = nil) {
    self.role = role
    self.width = width
    self.sublayer = sublayer
  }
}
