import Platform
import Tensors

/// Stochastic gradient descent with momentum (Polyak, 1964), as PyTorch has it: μ ← m·μ + g + wd·θ; θ ← θ − lr·μ, with
/// Nesterov's step θ ← θ − lr·(g + wd·θ + m·μ).
public struct SGD: Optimizer {
  /// `sgd` in recipes.
  public static let name = "sgd"
  /// A line for `vitrail list`.
  public static let summary = "gradient descent with momentum"
  /// Where it is from.
  public static let source = "Polyak, 1964"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Decay of the velocity.
    public var momentum = 0.9
    /// Whether the step looks ahead (Nesterov, 1983).
    public var nesterov = false
    /// Decay of matrices, added to their gradients.
    public var weightDecay = 0.0
    /// Whether vectors and biases decay too.
    public var decaysVectors = false
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["momentum": .momentum, "weightDecay": .weightDecay]
  }

  private let parameters: [Parameter]
  private let velocities: Velocities
  private let options: Options

  /// Starts with velocities of 0.
  public init(parameters: [Parameter], options: Options) {
    self.parameters = parameters
    self.options = options
    velocities = Velocities(of: parameters)
  }

  /// One step on a slice.
  public func update(_ slice: ParameterSlice, gradients: [Tensor], _ step: OptimizerStep) -> Double {
    let parameter = parameters[slice.index]
    let square = reduceGradients(gradients, slice.range)
    let decays = step.decays && (options.decaysVectors || parameter.role.decays)
    velocities.step(
      slice, gradient: gradients[0],
      MomentumConstants(
        learningRate: step.learningRate, momentum: options.momentum, nesterov: options.nesterov,
        gradientFactor: step.gradientScale, decayFactor: decays ? options.weightDecay : 0))
    return square
  }

  /// The velocity of every parameter.
  public var state: [(name: String, tensor: Tensor)] {
    velocities.state
  }
}
