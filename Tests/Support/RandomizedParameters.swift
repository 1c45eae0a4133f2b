import Tensors

extension ParameterStore {
  /// Gives every trainable parameter random values at which no layer saturates and no gradient vanishes: matrices
  /// keep the spread of their input, gains of norms are about 1, all else is about a quarter.
  public func randomize(seed: UInt64) {
    for (index, parameter) in parameters.enumerated() where parameter.isTrainable {
      let isMatrix = parameter.shape.count == 2
      let isGain =
        parameter.shape.count == 1
        && [".weight", ".scale", ".alpha"].contains { parameter.name.hasSuffix($0) }
      let scale = isMatrix ? 1 / Double(parameter.shape[1]).squareRoot() : 0.25
      let values = Tensor.random(
        parameter.shape, seed: seed &* 1000 &+ UInt64(index), scale: scale, shift: isGain ? 1 : 0)
      parameter.assign(values.values)
    }
  }
}
