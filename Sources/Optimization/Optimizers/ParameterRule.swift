import Foundation
import Tensors

/// How a parameter is moved beside the others, whatever the optimiser.
public struct ParameterRule: Sendable, Equatable {
  /// What its learning rate is multiplied by.
  public var learningRateScale: Double
  /// Whether weight decay may pull on it.
  public var decays: Bool

  /// Creates a rule; by default that of all alike.
  public init(learningRateScale: Double = 1, decays: Bool = true) {
    self.learningRateScale = learningRateScale
    self.decays = decays
  }

  /// The step as it is for this parameter.
  package func applied(to step: OptimizerStep) -> OptimizerStep {
    var own = step
    own.learningRate *= learningRateScale
    own.decays = decays
    return own
  }

  /// The rule of a parameter of a model whose encoder has `depth` blocks.
  ///
  /// With `layerDecay` γ the learning rate of layer i is multiplied by γ^(L + 1 − i) (Clark et al., 2020; Bao et al.,
  /// 2021). Without `decaysTokens` tokens and tables of positions do not decay.
  public init(of parameter: Parameter, depth: Int, layerDecay: Double?, decaysTokens: Bool) {
    let layer = Self.layer(of: parameter.site, depth: depth)
    self.init(
      learningRateScale: layerDecay.map { pow($0, Double(depth + 1 - layer)) } ?? 1,
      decays: decaysTokens || ![.token, .positions].contains(parameter.role))
  }

  /// 0 for patch embedding, tokens and positions, 1 … L for the blocks, L + 1 for the final norm and for an objective's.
  private static func layer(of site: ParameterSite, depth: Int) -> Int {
    guard site.owner == .encoder else { return depth + 1 }
    switch site.stage {
    case .entry, .stem, nil: return 0
    case .block(let number): return number + 1
    case .exit: return depth + 1
    }
  }
}
