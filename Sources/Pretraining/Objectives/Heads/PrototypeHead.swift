import Tensors
import VisionTransformer

/// DINO's head (Caron et al., 2021): an MLP, unit vectors, and their cosines with K prototypes.
///
/// z = x̂·Ŵᵀ, x̂ = MLP(x)/‖MLP(x)‖ and Ŵ the rows of W [K, bottleneck] at length 1: a weight-normalised linear layer whose
/// gain is fixed at 1. The MLP has three linear layers with GELU between them. All weights start truncated normal with
/// deviation 0.02, as published, whatever the encoder's initialiser.
struct PrototypeHead: Sendable {
  /// What a head is made of.
  struct Shape {
    /// Values of a feature.
    var inputs: Int
    /// Values of a hidden layer.
    var hidden: Int
    /// Values of the vectors that prototypes are compared with.
    var bottleneck: Int
    /// Number of prototypes, K.
    var outputs: Int
  }

  private let layers: [Linear]
  private let prototypes: Parameter

  /// Declares `0.weight`, `0.bias`, … `2.bias`, `last.weight`.
  init(_ shape: Shape, scope: ParameterScope) {
    let start = InitialValue.truncatedNormal(standardDeviation: 0.02, bound: 2)
    let widths = [shape.inputs, shape.hidden, shape.hidden, shape.bottleneck]
    layers = (0..<3).map { index in
      Linear(inputs: widths[index], outputs: widths[index + 1], initial: start, scope: scope[index])
    }
    prototypes = scope["last"].parameter(
      "weight", shape: [shape.outputs, shape.bottleneck], role: .matrix(.other), initial: start)
  }

  /// x [n, inputs] → [n, K]; with `frozen` the prototypes are constants.
  func callAsFunction(_ x: Tensor, frozen: Bool = false, _ tape: Tape) -> Tensor {
    var values = x
    for layer in layers.dropLast() {
      values = tape.gelu(tape.linear(values, weight: tape(layer.weight)), bias: tape(layer.bias))
    }
    values = tape.unitRows(layers[layers.count - 1](values, tape))
    return tape.linear(values, weight: tape.unitRows(frozen ? prototypes.value : tape(prototypes)))
  }
}
