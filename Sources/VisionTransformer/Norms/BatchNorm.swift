import Platform
import Tensors

/// y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² of each channel over all tokens of the batch (Ioffe & Szegedy, 2015).
///
/// The batch is that of all lanes. Masked encoders see a part of the tokens, and so do the statistics.
public struct BatchNorm: Norm, AffineInEvaluation {
  /// `batchNorm` in recipes.
  public static let name = "batchNorm"
  /// Other names for it.
  public static let aliases = ["bn"]
  /// A line for `vitrail list`.
  public static let summary = "centre and scale each channel over all tokens of the batch, then an affine map"
  /// Where it is from.
  public static let source = "Ioffe & Szegedy, 2015"
  /// True: statistics are of the whole batch.
  public static let usesBatchStatistics = true

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Added to the variance, inside the root.
    public var epsilon = 1e-5
    /// The share of the newest batch in the running statistics.
    public var momentum = 0.1
    /// Whether there are γ and β.
    public var affine = true
    /// Whether there is β.
    public var bias = true
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["epsilon": .epsilon, "momentum": .above(0, to: 1)]
  }

  private let weight, bias: Parameter?
  private let running: RunningStatistics
  private let epsilon: Scalar

  /// Declares γ = 1 and β = 0, and the buffers `running_mean` = 0 and `running_var` = 1.
  public init(_ site: NormSite, options: Options, scope: ParameterScope) {
    weight =
      options.affine ? scope.parameter("weight", shape: [site.width], role: .gain, initial: .ones) : nil
    bias =
      options.affine && options.bias
      ? scope.parameter("bias", shape: [site.width], role: .bias, initial: .zeros) : nil
    running = RunningStatistics(
      mean: scope.buffer("running_mean", shape: [site.width], initial: .zeros),
      variance: scope.buffer("running_var", shape: [site.width], initial: .ones), momentum: options.momentum)
    epsilon = Scalar(options.epsilon)
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor { self(x, skip: nil, tape) }

  /// The same, and η·x: RepBN.
  func callAsFunction(_ x: Tensor, skip: Tensor?, _ tape: Tape) -> Tensor {
    tape.batchNorm(
      x, weight: weight.map { tape($0) }, bias: bias.map { tape($0) }, skip: skip, running: running,
      epsilon: epsilon)
  }

  /// (γ/σ)∘x + β − (γ/σ)∘μ of the running statistics.
  public var affineMap: AffineMap {
    let (means, variances) = (running.mean.value.values, running.variance.value.values)
    let (gains, biases) = (weight?.value.values, bias?.value.values)
    let scale = variances.indices.map { (gains?[$0] ?? 1) / (variances[$0] + epsilon).squareRoot() }
    let shift = means.indices.map { (biases?[$0] ?? 0) - scale[$0] * means[$0] }
    return AffineMap(scale: scale, shift: shift)
  }
}
