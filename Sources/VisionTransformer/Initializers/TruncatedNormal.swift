import Platform
import Tensors

/// Truncated N(0, 0.02) with absolute bounds ±2 for every matrix (timm, DINO).
public struct TruncatedNormal: Initializer {
  /// `truncatedNormal` in recipes.
  public static let name = "truncatedNormal"
  /// A line for `vitrail list`.
  public static let summary = "truncated normal with deviation 0.02, as DeiT and DINO do"
  /// Where it is from.
  public static let source = "Touvron et al., 2021; Caron et al., 2021"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Standard deviation before truncation.
    public var standardDeviation = 0.02
    /// The defaults.
    public init() {}
  }

  private let options: Options

  /// Takes the deviation.
  public init(options: Options) { self.options = options }

  /// The start of a weight [outputs, inputs].
  public func weight(_ site: WeightSite) -> InitialValue { drawn }

  /// The same for tokens and positions, N(0, 1e-6) for registers.
  public func token(_ role: TokenRole) -> InitialValue {
    role == .register ? .normal(standardDeviation: 1e-6) : drawn
  }

  private var drawn: InitialValue { .truncatedNormal(standardDeviation: options.standardDeviation, bound: 2) }
}
