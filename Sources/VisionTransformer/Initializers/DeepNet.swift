import Foundation
import Platform
import Tensors

/// Xavier's, values and all after them multiplied by β = (8L)^(−1/4): the start that belongs to DeepNorm (Wang et al.,
/// 2022), whose residual weight is α = (2L)^(1/4), for an encoder alone.
///
/// Queries, keys and values count as a matrix each, and so do swiGLU's gate and what it gates. The paper draws from a
/// normal distribution, here it is the uniform one of equal variance. L is the depth of the stack: a decoder has its own.
public struct DeepNet: Initializer {
  /// `deepNet` in recipes.
  public static let name = "deepNet"
  /// A line for `vitrail list`.
  public static let summary = "Xavier's, values, projection and MLP multiplied by (8L)^(-1/4), for DeepNorm"
  /// Where it is from.
  public static let source = "Wang et al., 2022"

  /// Takes no options.
  public init(options: NoOptions) {}

  /// The start of a weight [outputs, inputs].
  public func weight(_ site: WeightSite) -> InitialValue {
    .xavierUniform(of: site, gain: site.sublayer.map { pow(8 * Double($0.depth), -0.25) } ?? 1)
  }

  /// N(0, 0.02) for class, mask and positions, N(0, 1e-6) for registers.
  public func token(_ role: TokenRole) -> InitialValue { XavierUniform(options: NoOptions()).token(role) }
}

extension InitialValue {
  /// Xavier's uniform bounds times `gain` on values, attention's projection and both matrices of an MLP, and times
  /// `queryKeyValueGain` on queries, keys and values, which count as a matrix each.
  static func xavierUniform(of site: WeightSite, gain: Double, queryKeyValueGain: Double = 1) -> InitialValue
  {
    let bound = (6 / Double(site.fans.inputs + site.fans.outputs)).squareRoot()
    guard site.role == .queryKeyValue else { return .uniform(bound: bound * gain) }
    let plain = InitialValue.uniform(bound: bound * queryKeyValueGain)
    return .stacked([plain, plain, .uniform(bound: bound * queryKeyValueGain * gain)])
  }
}
