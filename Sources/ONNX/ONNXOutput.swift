/// What an exported model gives.
public enum ONNXOutput: String, Sendable, CaseIterable {
  /// One vector an image [batch, D], pooled as the encoder's configuration says.
  case features
  /// All tokens after the final norm [batch, N, D]: class token, registers, patches row by row.
  case tokens
  /// The probabilities of a classifier's classes [batch, classes].
  case probabilities
}

/// The type of an exported model's weights.
public enum ONNXPrecision: String, Sendable, CaseIterable {
  /// Single precision throughout.
  case single = "F32"
  /// Weights and most of what is computed in half precision; norms and softmax in single, and images and outputs too.
  case half = "F16"

  var type: ElementType { self == .single ? .float : .float16 }
}
