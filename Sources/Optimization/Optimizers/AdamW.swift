import Platform
import Tensors

/// Adam with decoupled weight decay (Loshchilov & Hutter, 2017); decay on tensors of two or more axes only.
public struct AdamW: Optimizer {
  /// `adamW` in recipes.
  public static let name = "adamW"
  /// A line for `vitrail list`.
  public static let summary = "Adam with decoupled weight decay on matrices, none on vectors"
  /// Where it is from.
  public static let source = "Loshchilov & Hutter, 2017"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Decay of the first moment.
    public var beta1 = 0.9
    /// Decay of the second moment; MAE's value.
    public var beta2 = 0.95
    /// Added to the root of the second moment.
    public var epsilon = 1e-8
    /// Decoupled decay of matrices.
    public var weightDecay = 0.05
    /// The decay at the end of the training, reached by half a cosine (DINO's 0.4); absent: it stays.
    public var finalWeightDecay: Double?
    /// Whether vectors and biases decay too, as MoCo v3 has it.
    public var decaysVectors = false
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "beta1": .momentum, "beta2": .momentum, "epsilon": .above(0, to: 1), "weightDecay": .weightDecay,
      "finalWeightDecay": .weightDecay,
    ]
  }

  private let parameters: [Parameter]
  private let first, second: [Tensor]
  /// How often each slice of a parameter was moved: moments are corrected for the steps that had a gradient, and one
  /// may come late, as that of DINO's prototypes does.
  private let updates: [Tensor]
  private let options: Options

  /// Starts with both moments at 0; slices are to be those of `ParameterSlice.slices(of:)`.
  public init(parameters: [Parameter], options: Options) {
    self.parameters = parameters
    self.options = options
    let pool = BufferPool()
    first = parameters.map { Tensor(shape: $0.shape, repeating: 0, pool: pool) }
    second = parameters.map { Tensor(shape: $0.shape, repeating: 0, pool: pool) }
    updates = parameters.map { parameter in
      Tensor(shape: [ParameterSlice.slices(of: [parameter]).count], repeating: 0, pool: pool)
    }
  }

  /// θ ← θ(1 − lr·wd) − lr·m̂/(√v̂ + ε) on one slice.
  public func update(_ slice: ParameterSlice, gradients: [Tensor], _ step: OptimizerStep) -> Double {
    let parameter = parameters[slice.index]
    let decay = HalfCosine(from: options.weightDecay, to: options.finalWeightDecay ?? options.weightDecay)
    let decays = step.decays && (options.decaysVectors || parameter.role.decays)
    let count = updates[slice.index].countUp(slice.range.lowerBound / ParameterSlice.standardSize)
    let constants = AdamWConstants(
      learningRate: step.learningRate, weightDecay: decays ? decay.value(at: step.fraction) : 0,
      beta1: options.beta1, beta2: options.beta2, epsilon: options.epsilon, step: count,
      gradientScale: step.gradientScale)
    return parameter.adamWStep(
      slice.range, gradients: gradients, first: first[slice.index], second: second[slice.index], constants)
  }

  /// Both moments of every parameter, and the counts of its slices.
  public var state: [(name: String, tensor: Tensor)] {
    parameters.indices.flatMap { index in
      [
        ("first.\(parameters[index].name)", first[index]),
        ("second.\(parameters[index].name)", second[index]),
        ("updates.\(parameters[index].name)", updates[index]),
      ]
    }
  }
}
