/// What a parameter is for its layer: what weight decay, freezing, conversions and health go by.
public enum ParameterRole: Sendable, Hashable {
  /// A weight matrix [outputs, inputs], and what it is for.
  case matrix(WeightRole)
  /// What is added to channels [channels].
  case bias
  /// What a norm multiplies by: channels [channels], or all by one number [1].
  case gain
  /// Another learned factor: of heads [H], of the channels of a stream [D], or a single number [1].
  case factor
  /// What LayerScale multiplies a branch by [D].
  case layerScale
  /// Learned vectors of a stream [1, count, D].
  case token
  /// A table of positions, learned or fixed, [1, c + L, D].
  case positions
  /// What a layer measures and keeps between steps [count]; no optimiser moves it.
  case statistic

  /// Whether it is a weight matrix, whatever for.
  public var isMatrix: Bool { if case .matrix = self { true } else { false } }
}

/// What a weight matrix is for.
public enum WeightRole: Sendable, Hashable {
  /// Pixels, or parts of an embedding, to an embedding.
  case patchEmbedding
  /// Rows of queries, keys and values, a third each, every third head by head.
  case queryKeyValue
  /// The mixtures of the heads to the stream.
  case attentionProjection
  /// The stream to the hidden layer of an MLP.
  case mlpHidden
  /// The hidden layer of an MLP to the stream.
  case mlpOutput
  /// The tokens of an encoder to the stream of a decoder.
  case decoderEmbedding
  /// The tokens of a decoder to what it predicts.
  case prediction
  /// Others: those of heads.
  case other

  /// Whether what it computes joins the residual stream of a block.
  public var writesStream: Bool { self == .attentionProjection || self == .mlpOutput }
}
