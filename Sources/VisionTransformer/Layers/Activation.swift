import Tensors

extension Activation {
  /// A line for `vitrail list`.
  public var summary: String {
    switch self {
    case .gelu: "x·Φ(x) by the error function"
    case .geluTanh: "GELU's approximation by tanh"
    case .quickGELU: "x·σ(1.702x), as CLIP has it"
    case .silu: "x·σ(x), also called swish"
    case .relu: "max(x, 0)"
    case .swiGLU: "SiLU(gate)·up: fc1 has twice the rows, those of the gate first, as DINOv2's giant has it"
    }
  }

  /// Where it is from.
  public var source: String {
    switch self {
    case .gelu, .geluTanh, .quickGELU: "Hendrycks & Gimpel, 2016"
    case .silu: "Elfwing et al., 2017; Ramachandran et al., 2017"
    case .relu: "Nair & Hinton, 2010"
    case .swiGLU: "Shazeer, 2020"
    }
  }
}
