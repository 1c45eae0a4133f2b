import Tensors

/// Tokens of a batch, of which the first of each sample are no patches: class token and registers.
public struct TokenSequence {
  /// The tokens [B, N, D].
  public let values: Tensor
  /// How many of each sample's tokens are no patches.
  public let leadingCount: Int

  /// A sequence of tokens [B, N, D]; by default all are patches.
  public init(_ values: Tensor, leadingCount: Int = 0) {
    self.values = values
    self.leadingCount = leadingCount
  }

  /// What a layer made of each token [B, N, …].
  public func with(_ values: Tensor) -> TokenSequence {
    TokenSequence(values, leadingCount: leadingCount)
  }
}
