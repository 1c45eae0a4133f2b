import Tensors

/// An exponential moving average of the weights: average ← m·average + (1 − m)·weight after every step.
public struct WeightAverage: Sendable {
  /// The averages, in the order of the parameters.
  public let tensors: [Tensor]
  private let momentum: Double

  /// Starts at the parameters' present values.
  public init(of parameters: [Parameter], momentum: Double) {
    let pool = BufferPool()
    tensors = parameters.map { Tensor(shape: $0.shape, values: $0.value.values, pool: pool) }
    self.momentum = momentum
  }

  /// Starts again at the parameters' present values.
  func restart(from parameters: [Parameter]) {
    for (tensor, parameter) in zip(tensors, parameters) { tensor.assign(parameter.value.values) }
  }

  func update(_ parameter: Parameter, _ slice: ParameterSlice) {
    parameter.average(slice.range, into: tensors[slice.index], momentum: momentum)
  }
}
