import Tensors
import TestSupport

extension GradientCase {
  /// Fresh buffers for every run, so that what one run leaves does not change the next.
  private static func buffers(_ width: Int, _ names: String, _ others: String) -> (Parameter, Parameter) {
    let scope = ParameterStore(seed: 3).root
    return (
      scope.buffer(names, shape: [width], initial: .constant(1.3)),
      scope.buffer(others, shape: [width], initial: .constant(0.7))
    )
  }

  private static func statistics(_ width: Int) -> RunningStatistics {
    let (mean, variance) = buffers(width, "mean", "variance")
    return RunningStatistics(mean: mean, variance: variance, momentum: 0.1)
  }

  /// Of `powerNorm` the parameters alone: the gradient of its input follows recurrences (golden values prove them).
  static let batchNorms: [GradientCase] = {
    var cases: [GradientCase] = []
    func add(_ variant: String, _ x: Tensor, step: Double = 1e-3) {
      let width = x.width
      let weight = Tensor.random([width], seed: 2, scale: 0.5, shift: 1)
      let bias = Tensor.random([width], seed: 3)
      let skip = Tensor(shape: [1], values: [0.6])
      cases += [
        GradientCase(operation: "batchNorm", variant: "\(variant), bare", inputs: [x], step: step) {
          $0.batchNorm($1[0], weight: nil, bias: nil, running: statistics(width), epsilon: 1e-5)
        },
        GradientCase(
          operation: "batchNorm", variant: "\(variant), γ, β", inputs: [x, weight, bias], step: step
        ) {
          $0.batchNorm($1[0], weight: $1[1], bias: $1[2], running: statistics(width), epsilon: 1e-5)
        },
        GradientCase(
          operation: "batchNorm", variant: "\(variant), γ, β, η", inputs: [x, weight, bias, skip], step: step
        ) {
          $0.batchNorm(
            $1[0], weight: $1[1], bias: $1[2], skip: $1[3], running: statistics(width), epsilon: 1e-5)
        },
        GradientCase(operation: "batchNorm", variant: "\(variant), two readers", inputs: [x], step: step) {
          let y = $0.batchNorm($1[0], weight: nil, bias: nil, running: statistics(width), epsilon: 1e-5)
          return $0.mixed($1[0], y, share: 0.3)
        },
        GradientCase(operation: "mixed", variant: variant, inputs: [x, .random(x.shape, seed: 6)]) {
          $0.mixed($0.mixed($1[0], $1[1], share: 0.2), $1[0], share: 0.7)
        },
      ]
      for warmupSteps in [0, 10] {
        cases.append(
          GradientCase(
            operation: "powerNorm", variant: "\(variant), γ, β, warm-up \(warmupSteps)",
            inputs: [weight, bias]
          ) {
            let (square, pull) = buffers(width, "square", "pull")
            let running = RunningPower(
              square: square, pull: pull, forwardDecay: 0.9, backwardDecay: 0.9, warmupSteps: warmupSteps)
            return $0.powerNorm(x, weight: $1[0], bias: $1[1], running: running, epsilon: 1e-5)
          })
      }
    }
    add("one row", .random([1, 13], seed: 1))
    add("odd width", .random([3, 3, 33], seed: 1, scale: 2, shift: 3))
    add("whole vectors", .random([16, 32], seed: 1))
    add("two wide", .random([5, 2], seed: 1))
    add("far offset", .random([4, 17], seed: 1, shift: 100))
    // Variance 0: all that is left is ε = 1e-5, so the function bends within √ε = 3e-3.
    add("constant columns", Tensor(shape: [4, 13], repeating: 3), step: 3e-5)
    return cases
  }()
}
