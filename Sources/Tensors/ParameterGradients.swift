/// The gradients of parameters that gather on one lane, over all passes of a step.
///
/// Used by one lane at a time, as its tapes are.
public final class ParameterGradients {
  private var tensors: [ObjectIdentifier: Tensor] = [:]

  /// Starts without any.
  public init() {}

  /// A parameter's value as a tensor whose gradient gathers here.
  func tensor(of parameter: Parameter) -> Tensor {
    let key = ObjectIdentifier(parameter)
    if let known = tensors[key] { return known }
    let value = parameter.value
    let tensor = Tensor(
      shape: value.shape, buffer: value.buffer, offset: value.offset, gradient: GradientSlot(of: parameter))
    tensors[key] = tensor
    return tensor
  }

  /// The gradient that has gathered for a parameter, in its shape, or nil when none reached it.
  public subscript(parameter: Parameter) -> Tensor? {
    tensors[ObjectIdentifier(parameter)]?.gradient?.value?.reshaped(parameter.shape)
  }

  /// Forgets the gradients of all parameters; their buffers return to the pool.
  public func clear() {
    for tensor in tensors.values { _ = tensor.gradient?.take() }
  }

  /// Gives away the gradients that are still here: of parameters that the last backward pass did not read.
  public func handOver(to take: (Parameter, Tensor?) -> Void) {
    for slot in tensors.values.compactMap(\.gradient) {
      guard let parameter = slot.parameter, slot.value != nil else { continue }
      take(parameter, slot.take())
    }
  }
}
