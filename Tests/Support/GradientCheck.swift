import Platform
import Tensors

/// Gradients of a tape against central differences of fourth order. Meaningful when `Scalar` is `Double`.
public enum GradientCheck {
  /// What an error may be. With a step of 1e-3 the differences are off by about h⁴·f⁽⁵⁾/30 ≈ 1e-13 and by the
  /// rounding of f over h ≈ 1e-13, so that 1e-6 of the largest entry leaves room for sharp functions only.
  public static let tolerance = 1e-6

  /// Whether this build has the digits for it.
  public static let isMeaningful = Scalar.self == Double.self

  /// One error for each input of an operation: largest difference over largest entry of the gradient of Σ w∘f,
  /// w random. `entries` bounds how many entries of an input are tried, chosen at random.
  public static func errors(
    of inputs: [Tensor], step: Double = 1e-3, entries: Int = .max, mode: PassContext.Mode = .training,
    _ operation: (_ tape: Tape, _ inputs: [Tensor]) -> Tensor
  ) -> [Double] {
    let tape = Tape(PassContext(mode), recordsGradients: true)
    let inputs = inputs.map { Tensor(shape: $0.shape, values: $0.values) }  // written while they are checked
    let variables = inputs.map { tape.variable($0) }
    let output = operation(tape, variables)
    let weights = Tensor.random(output.shape, seed: 17)
    tape.backward(from: output, gradient: weights)
    return zip(inputs, variables).map { input, variable in
      error(tape.gradient(of: variable), at: input, step: step, entries: entries) {
        weightedSum(operation(Tape(PassContext(mode), recordsGradients: false), inputs), weights)
      }
    }
  }

  /// One error for each parameter that a function of parameters reaches; `context` is for layers that draw or change.
  public static func errors(
    of parameters: [Parameter], step: Double = 1e-3, entries: Int = .max, context: PassContext = .training,
    _ function: (_ tape: Tape) -> Tensor
  ) -> [(name: String, error: Double)] {
    let tape = Tape(context, recordsGradients: true)
    let output = function(tape)
    let weights = Tensor.random(output.shape, seed: 17)
    tape.backward(from: output, gradient: weights)
    return parameters.map { parameter in
      let error = error(tape.gradient(of: parameter), at: parameter.value, step: step, entries: entries) {
        weightedSum(function(Tape(context, recordsGradients: false)), weights)
      }
      return (parameter.name, error)
    }
  }

  private static func weightedSum(_ output: Tensor, _ weights: Tensor) -> Double {
    zip(output.values, weights.values).reduce(0) { $0 + Double($1.0 * $1.1) }
  }

  private static func error(
    _ gradient: Tensor?, at input: Tensor, step: Double, entries: Int, _ value: () -> Double
  ) -> Double {
    guard let gradient, gradient.count == input.count else { return .infinity }
    var random = RandomStream(seed: 23, purpose: .order)
    let chosen = random.permutation(input.count).prefix(entries).map { Int($0) }
    let differences = chosen.map { entry -> Double in
      let middle = input.withSpan { $0[entry] }
      func at(_ steps: Double) -> Double {
        input.withMutableSpan { $0[entry] = middle + Scalar(steps * step) }
        return value()
      }
      let difference = (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * step)
      input.withMutableSpan { $0[entry] = middle }
      return difference
    }
    let analytic = gradient.values.map { Double($0) }
    let error = largestMagnitude(zip(chosen, differences).map { analytic[$0] - $1 })
    let scale = largestMagnitude(analytic)
    // A gradient that is 0 by its nature, as of a bias before a batch norm, is a rounding's.
    return scale <= 1e-11 ? error : error / scale
  }
}
