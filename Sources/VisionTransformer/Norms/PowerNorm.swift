import Platform
import Tensors

/// y = γ·x̃/√(ψ² + ε) + β, ψ² a running mean square of each channel, x̃ the token scaled in groups to mean square 1
/// (Shen et al., 2020).
///
/// Never centred. Steps are those of the training, so that nothing but ψ² and Γ need be kept.
public struct PowerNorm: Norm {
  /// `powerNorm` in recipes.
  public static let name = "powerNorm"
  /// Other names for it.
  public static let aliases = ["pn"]
  /// A line for `vitrail list`.
  public static let summary =
    "scale each channel by a running mean square over the batch, backward by running averages"
  /// Where it is from.
  public static let source = "Shen et al., 2020"
  /// True: mean squares are of the whole batch.
  public static let usesBatchStatistics = true
  /// True: the gradient of the input follows recurrences.
  public static let hasApproximateGradient = true

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Added to mean squares, inside the root.
    public var epsilon = 1e-5
    /// Parts that a token is scaled in; where they do not divide its width, as many as their greatest common divisor.
    public var groups = 1
    /// α of ψ².
    public var forwardDecay = 0.9
    /// α of Γ.
    public var backwardDecay = 0.9
    /// Steps that divide by the batch's own mean square; absent: 10,000 as in the released code, or a tenth of the
    /// training where that is less.
    public var warmupSteps: Int?
    /// Whether there are γ and β.
    public var affine = true
    /// Whether there is β.
    public var bias = true
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "epsilon": .epsilon, "groups": .from(1, to: 0x1p20), "forwardDecay": .from(0, below: 1),
      "backwardDecay": .from(0, below: 1), "warmupSteps": .from(0, to: 1e12),
    ]
  }

  private let weight, bias: Parameter?
  private let square, pull: Parameter
  private let options: Options
  private let groups: Int

  /// Declares γ = 1 and β = 0, and the buffers `running_square` = 1 (ψ²) and `running_pull` = 0 (Γ).
  public init(_ site: NormSite, options: Options, scope: ParameterScope) {
    weight =
      options.affine ? scope.parameter("weight", shape: [site.width], role: .gain, initial: .ones) : nil
    bias =
      options.affine && options.bias
      ? scope.parameter("bias", shape: [site.width], role: .bias, initial: .zeros) : nil
    square = scope.buffer("running_square", shape: [site.width], initial: .ones)
    pull = scope.buffer("running_pull", shape: [site.width], initial: .zeros)
    self.options = options
    groups = Self.greatestCommonDivisor(options.groups, site.width)
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    let parts = x.reshaped([x.rows, groups, x.width / groups])
    let scaled = tape.rmsNorm(parts, weight: nil, epsilon: Scalar(options.epsilon)).reshaped(x.shape)
    let tenth = tape.context.progress.totalSteps.map { $0 / 10 } ?? .max
    let running = RunningPower(
      square: square, pull: pull, forwardDecay: options.forwardDecay, backwardDecay: options.backwardDecay,
      warmupSteps: options.warmupSteps ?? min(10_000, tenth))
    let output = tape.powerNorm(
      scaled, weight: weight.map { tape($0) }, bias: bias.map { tape($0) }, running: running,
      epsilon: Scalar(options.epsilon))
    tape.forget(scaled, .attention)
    return output
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}
