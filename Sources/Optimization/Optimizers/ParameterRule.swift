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

  /// The rule of a parameter of an encoder of `depth` blocks, or of an objective's where `isEncoders` is false.
  ///
  /// With `layerDecay` γ the learning rate of layer i is multiplied by γ^(L + 1 − i) (Clark et al., 2020; Bao et al.,
  /// 2021). Without `decaysTokens` parameters of three axes, tokens and tables of them, do not decay.
  public init(
    of parameter: Parameter, isEncoders: Bool, depth: Int, layerDecay: Double?, decaysTokens: Bool
  ) {
    let layer = isEncoders ? Self.layer(of: parameter.name, depth: depth) : depth + 1
    self.init(
      learningRateScale: layerDecay.map { pow($0, Double(depth + 1 - layer)) } ?? 1,
      decays: decaysTokens || parameter.shape.count < 3)
  }

  /// 0 for patch embedding, tokens and positions, 1 … L for the blocks, L + 1 for the final norm.
  private static func layer(of name: String, depth: Int) -> Int {
    let parts = name.split(separator: ".")
    switch parts.first {
    case "blocks": return parts.dropFirst().first.flatMap { Int($0) }.map { $0 + 1 } ?? 0
    case "norm": return depth + 1
    default: return 0
    }
  }
}
