import Platform
import Tensors

/// Gradient descent with momentum, whose step in each matrix is a share of the matrix (You et al., 2017), in the form of
/// MoCo v3 and MAE.
///
/// Matrices: g ← g + wd·θ; g ← g·(c·‖θ‖/‖g‖), the factor 1 where a norm is 0. All: μ ← m·μ + g; θ ← θ − lr·μ. Vectors
/// neither decay nor scale.
public struct LARS: Optimizer {
  /// `lars` in recipes.
  public static let name = "lars"
  /// A line for `vitrail list`.
  public static let summary = "momentum, each matrix moved by a share of its own norm: for large batches"
  /// Where it is from.
  public static let source = "You et al., 2017"
  /// True: norms are those of whole parameters.
  public static let needsWholeParameters = true

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Decay of the velocity.
    public var momentum = 0.9
    /// Decay of matrices.
    public var weightDecay = 1e-6
    /// The share c of its norm that a matrix moves by, at a learning rate of 1.
    public var trustCoefficient = 0.001
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "momentum": .momentum, "weightDecay": .weightDecay, "trustCoefficient": .above(0, to: 1e6),
    ]

    /// c·‖θ‖/‖g‖, by which a matrix's gradient is multiplied; 1 where a norm is 0.
    package func trust(weightNorm: Double, gradientNorm: Double) -> Double {
      weightNorm > 0 && gradientNorm > 0 ? trustCoefficient * weightNorm / gradientNorm : 1
    }
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

  /// One step on a parameter, which the slice covers.
  public func update(_ slice: ParameterSlice, gradients: [Tensor], _ step: OptimizerStep) -> Double {
    let parameter = parameters[slice.index]
    precondition(slice.range == 0..<parameter.value.count, "LARS on a part of \(parameter.name)")
    let square = reduceGradients(gradients, slice.range)
    let isMatrix = parameter.role.decays
    let decay = isMatrix && step.decays ? options.weightDecay : 0
    var trust = 1.0
    if isMatrix {
      let (weightNorm, gradientNorm) = parameter.decayedNorms(
        gradient: gradients[0], scale: step.gradientScale, decay: decay)
      trust = options.trust(weightNorm: weightNorm, gradientNorm: gradientNorm)
    }
    velocities.step(
      slice, gradient: gradients[0],
      MomentumConstants(
        learningRate: step.learningRate, momentum: options.momentum,
        gradientFactor: trust * step.gradientScale, decayFactor: trust * decay))
    return square
  }

  /// The velocity of every parameter.
  public var state: [(name: String, tensor: Tensor)] {
    velocities.state
  }
}
