import Platform
import Tensors

/// λ·LN(x) + (1 − λ)·RepBN(x), RepBN(x) = BN(x) + η·x, λ falling from 1 to 0 in training (Guo et al., 2024).
///
/// Evaluation is RepBN alone, so that scores mean little until λ is near 0. Then LayerNorm, the half under `layer`, has no
/// part any more, and the rest folds into the linear layers that follow.
public struct PrepBN: Norm, AffineInEvaluation {
  /// `prepBN` in recipes.
  public static let name = "prepBN"
  /// A line for `vitrail list`.
  public static let summary =
    "LayerNorm that turns into BatchNorm plus a multiple of the input as training goes on"
  /// Where it is from.
  public static let source = "Guo et al., 2024"
  /// True: statistics are of the whole batch.
  public static let usesBatchStatistics = true

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Added to the variance of a channel, inside the root.
    public var epsilon = 1e-5
    /// Added to the variance of a token, inside the root.
    public var layerEpsilon = 1e-6
    /// The share of the newest batch in the running statistics.
    public var momentum = 0.1
    /// Steps in which λ falls; absent: to four fifths of the training, 300,000 when nobody knows its length.
    public var steps: Int?
    /// Steps of LayerNorm alone before that, in which no statistics are gathered.
    public var warmSteps = 0
    /// Whether both halves have γ and β.
    public var affine = true
    /// Whether both have β.
    public var bias = true
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "epsilon": .epsilon, "layerEpsilon": .epsilon, "momentum": .above(0, to: 1),
      "steps": .from(1, to: 1e12), "warmSteps": .from(0, to: 1e12),
    ]

    fileprivate var batchOptions: BatchNorm.Options {
      var options = BatchNorm.Options()
      (options.epsilon, options.momentum) = (epsilon, momentum)
      (options.affine, options.bias) = (affine, bias)
      return options
    }

    fileprivate var layerOptions: LayerNorm.Options {
      var options = LayerNorm.Options()
      (options.epsilon, options.affine, options.bias) = (layerEpsilon, affine, bias)
      return options
    }
  }

  private let layer: LayerNorm
  private let batch: BatchNorm
  private let eta: Parameter
  private let options: Options

  /// Declares a LayerNorm under `layer`, a BatchNorm under `batch`, and η = 1.
  public init(_ site: NormSite, options: Options, scope: ParameterScope) {
    layer = LayerNorm(site, options: options.layerOptions, scope: scope["layer"])
    batch = BatchNorm(site, options: options.batchOptions, scope: scope["batch"])
    eta = scope.parameter("eta", shape: [1], role: .factor, initial: .ones)
    self.options = options
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    let step = tape.context.progress.step - options.warmSteps
    if tape.context.mode == .training && step < 0 { return layer(x, tape) }
    let rescaled = batch(x, skip: tape(eta), tape)
    let share = layerShare(step, of: tape.context.progress.totalSteps)
    guard tape.context.mode == .training, share > 0 else { return rescaled }
    let normed = layer(x, tape)
    let output = tape.mixed(normed, rescaled, share: Scalar(share))
    for half in [normed, rescaled] { tape.forget(half, .attention) }
    return output
  }

  /// λ, `step` steps after the warm ones.
  private func layerShare(_ step: Int, of totalSteps: Int?) -> Double {
    let steps = options.steps ?? totalSteps.map { max(1, $0 * 4 / 5 - options.warmSteps) } ?? 300_000
    return max(0, 1 - Double(step) / Double(steps))
  }

  /// That of the BatchNorm, and η·x.
  public var affineMap: AffineMap {
    let map = batch.affineMap
    return AffineMap(scale: map.scale.map { $0 + eta.value.scalar }, shift: map.shift)
  }
}
