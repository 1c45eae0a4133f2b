/// The function between the layers of an MLP.
public enum Activation: String, Codable, Sendable, CaseIterable {
  /// x·Φ(x) by the error function.
  case gelu
  /// Its approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715x³))).
  case geluTanh
  /// x·σ(1.702x).
  case quickGELU
  /// x·σ(x).
  case silu
  /// max(x, 0).
  case relu
  /// SiLU(gate)·up: the first half of what it reads gates the second.
  case swiGLU

  /// How many values it reads for each that it gives.
  public var inputsPerOutput: Int { self == .swiGLU ? 2 : 1 }
}
