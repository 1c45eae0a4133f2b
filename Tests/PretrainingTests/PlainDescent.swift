import Optimization
import Platform
import Pretraining
import Tensors

/// θ ← θ − lr·scale·g: what a step does to weights shows what its gradients were.
struct PlainDescent: Optimizer {
  static let name = "plainDescent"
  static let summary = "gradient descent without memory"
  static let source = "Cauchy, 1847"

  private let parameters: [Parameter]
  let state: [(name: String, tensor: Tensor)] = []

  init(parameters: [Parameter], options: NoOptions) { self.parameters = parameters }

  func update(_ slice: ParameterSlice, gradients: [Tensor], _ step: OptimizerStep) -> Double {
    var squares = 0.0
    let values = gradients.map(\.values)
    parameters[slice.index].value.withMutableSpan { weights in
      for place in slice.range {
        let sum = values.reduce(0) { $0 + $1[place] }
        squares += Double(sum * sum)
        weights[place] -= Scalar(step.learningRate * step.gradientScale) * sum
      }
    }
    return squares
  }
}
