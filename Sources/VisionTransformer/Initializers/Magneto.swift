import Foundation
import Platform
import Tensors

/// Xavier's, values and all after them multiplied by √(ln 2L): the start that belongs to Sub-LN (Wang et al., 2022), for
/// an encoder alone.
///
/// Queries, keys and values count as a matrix each, and so do swiGLU's gate and what it gates. L is the depth of the
/// stack: a decoder has its own. In a stack of one block the factor is √(ln 2) < 1.
public struct Magneto: Initializer {
  /// `magneto` in recipes.
  public static let name = "magneto"
  /// A line for `vitrail list`.
  public static let summary = "Xavier's, values, projection and MLP multiplied by √(ln 2L), for Sub-LN"
  /// Where it is from.
  public static let source = "Wang et al., 2022"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Whether queries, keys and values are divided by √2 besides, as torchscale's code has it and the paper has not.
    public var torchscale = false
    /// The defaults.
    public init() {}
  }

  private let options: Options

  /// Takes the options.
  public init(options: Options) { self.options = options }

  /// The start of a weight [outputs, inputs].
  public func weight(_ site: WeightSite) -> InitialValue {
    .xavierUniform(
      of: site, gain: site.sublayer.map { log(2 * Double($0.depth)).squareRoot() } ?? 1,
      queryKeyValueGain: options.torchscale ? 0.5.squareRoot() : 1)
  }

  /// N(0, 0.02) for class, mask and positions, N(0, 1e-6) for registers.
  public func token(_ role: TokenRole) -> InitialValue { XavierUniform(options: NoOptions()).token(role) }
}
