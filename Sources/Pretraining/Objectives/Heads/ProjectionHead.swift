import Platform
import Tensors
import VisionTransformer

/// Linear layers with batch norm and ReLU between them, which turn features into embeddings that a loss compares (Chen et
/// al., 2020).
///
/// A layer that is followed by a batch norm has no bias, as its norm takes it away. Statistics are those of the whole
/// batch, over all lanes.
struct ProjectionHead: Sendable {
  /// What a head is made of.
  struct Shape {
    /// Values of a feature.
    var inputs: Int
    /// Values of a hidden layer.
    var hidden: Int
    /// Values of an embedding.
    var outputs: Int
    /// Number of linear layers.
    var depth: Int
    /// Whether hidden layers are normed.
    var normsHidden = true
    /// Whether the embedding is normed, without gain and bias.
    var normsOutputs = false
  }

  private struct Layer: Sendable {
    let weight: Parameter
    let bias: Parameter?
    let norm: BatchNorm?
  }
  private let layers: [Layer]

  /// Declares `0.weight`, `0.bias` or `0.norm`, `1.weight`, …
  init(_ shape: Shape, by initializer: any Initializer, scope: ParameterScope) {
    layers = (0..<shape.depth).map { index in
      let isLast = index == shape.depth - 1
      let inputs = index == 0 ? shape.inputs : shape.hidden
      let outputs = isLast ? shape.outputs : shape.hidden
      let scope = scope[index]
      let hasNorm = isLast ? shape.normsOutputs : shape.normsHidden
      let site = WeightSite(role: .other, outputs: outputs, inputs: inputs, scope: scope)
      let weight = scope.parameter(
        "weight", shape: [outputs, inputs], role: .matrix(site.role), initial: initializer.weight(site))
      let bias = hasNorm ? nil : scope.parameter("bias", shape: [outputs], role: .bias, initial: .zeros)
      var options = BatchNorm.Options()
      options.affine = !isLast
      let norm =
        hasNorm
        ? BatchNorm(NormSite(.hidden, width: outputs), options: options, scope: scope["norm"].asNorm) : nil
      return Layer(weight: weight, bias: bias, norm: norm)
    }
  }

  /// x [n, inputs] → [n, outputs].
  func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    var values = x
    for (index, layer) in layers.enumerated() {
      values = tape.linear(values, weight: tape(layer.weight), bias: layer.bias.map { tape($0) })
      if let norm = layer.norm { values = norm(values, tape) }
      if index < layers.count - 1 { values = tape.relu(values) }
    }
    return values
  }
}
