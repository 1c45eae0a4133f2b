import Tensors

/// The memory of gradient descent with momentum: a velocity for every parameter, 0 at first.
struct Velocities: Sendable {
  private let parameters: [Parameter]
  private let tensors: [Tensor]

  init(of parameters: [Parameter]) {
    self.parameters = parameters
    let pool = BufferPool()
    tensors = parameters.map { Tensor(shape: $0.shape, repeating: 0, pool: pool) }
  }

  /// Moves a slice of a parameter along its velocity.
  func step(_ slice: ParameterSlice, gradient: Tensor, _ constants: MomentumConstants) {
    parameters[slice.index].momentumStep(
      slice.range, gradient: gradient, velocity: tensors[slice.index], constants)
  }

  /// By name, for checkpoints.
  var state: [(name: String, tensor: Tensor)] {
    zip(parameters, tensors).map { ("velocity.\($0.name)", $1) }
  }
}
