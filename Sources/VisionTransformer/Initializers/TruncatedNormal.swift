import Platform
import Tensors

/// Truncated N(0, 0.02) with absolute bounds ±2 for every matrix (timm, DINO).
public struct TruncatedNormal: Initializer {
  /// `truncatedNormal` in recipes.
  public static let name = "truncatedNormal"
  /// Other names for it.
  public static let aliases = ["truncNormal"]
  /// A line for `vitrail list`.
  public static let summary = "truncated normal with deviation 0.02, as DeiT and DINO do"
  /// Where it is from.
  public static let source = "Touvron et al., 2021; Caron et al., 2021; Bao et al., 2021"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Standard deviation before truncation.
    public var standardDeviation = 0.02
    /// Whether attention's projection and fc2 of layer l = 1 … L are divided by √(2l) (Bao et al., 2021).
    public var depthRescale = false
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["standardDeviation": .above(0, to: 1)]
  }

  private let options: Options

  /// Takes the deviation.
  public init(options: Options) { self.options = options }

  /// The start of a weight [outputs, inputs].
  public func weight(_ site: WeightSite) -> InitialValue {
    guard options.depthRescale, site.role.writesStream, let layer = site.sublayer?.layer else {
      return drawn()
    }
    return drawn(dividedBy: (2 * Double(layer + 1)).squareRoot())
  }

  /// The same for tokens and positions, N(0, 1e-6) for registers.
  public func token(_ role: TokenRole) -> InitialValue {
    role == .register ? .normal(standardDeviation: 1e-6) : drawn()
  }

  private func drawn(dividedBy factor: Double = 1) -> InitialValue {
    .truncatedNormal(standardDeviation: options.standardDeviation / factor, bound: 2 / factor)
  }
}
