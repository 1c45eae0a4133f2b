import Platform
import Tensors

/// RMSNorm whose root mean square is that of the first k = max(1, ⌊share·D⌋) entries, applied to all (Zhang & Sennrich,
/// 2019).
public struct PartialRMSNorm: Norm {
  /// `pRMSNorm` in recipes.
  public static let name = "pRMSNorm"
  /// Other names for it.
  public static let aliases = ["partialRMSNorm"]
  /// A line for `vitrail list`.
  public static let summary = "scale each token by the root mean square of its first entries, then a gain"
  /// Where it is from.
  public static let source = "Zhang & Sennrich, 2019"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Share of the entries that the root mean square is taken of; at least one is.
    public var share = 0.0625
    /// Added to the mean square, inside the root.
    public var epsilon = 1e-6
    /// Whether there is γ.
    public var affine = true
    /// Whether there is β, which the paper leaves out.
    public var bias = false
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["share": .above(0, to: 1), "epsilon": .epsilon]
  }

  private let weight, bias: Parameter?
  private let epsilon: Scalar
  private let leading: Int

  /// Declares γ = 1, and β = 0 where it is wanted.
  public init(_ site: NormSite, options: Options, scope: ParameterScope) {
    weight =
      options.affine ? scope.parameter("weight", shape: [site.width], role: .gain, initial: .ones) : nil
    bias =
      options.affine && options.bias
      ? scope.parameter("bias", shape: [site.width], role: .bias, initial: .zeros) : nil
    epsilon = Scalar(options.epsilon)
    // A share such as 0.29 of 100 is 29, not what binary fractions make of it.
    leading = max(1, Int((options.share * Double(site.width) + 1e-9).rounded(.down)))
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    tape.rmsNorm(
      x, weight: weight.map { tape($0) }, bias: bias.map { tape($0) }, epsilon: epsilon, leading: leading)
  }
}
