import Platform
import Tensors

/// x ← x + F(N(x)), and a final norm (Xiong et al., 2020).
public struct PreNorm: NormPlacement {
  /// `pre` in recipes.
  public static let name = "pre"
  /// A line for `vitrail list`.
  public static let summary = "norm before each sublayer, inside the branch; a final norm"
  /// Where it is from.
  public static let source = "Xiong et al., 2020"

  /// Takes no options.
  public init(options: NoOptions) {}

  /// True: the stream itself is never normed.
  public var hasFinalNorm: Bool { true }

  /// Declares the sublayer's norm.
  public func site(_ place: SublayerPlace, makeNorm: NormFactory, scope: ParameterScope) -> any ResidualSite {
    Site(norm: makeNorm(width: place.width, scope: scope[place.normName]), kind: place.kind)
  }

  private struct Site: ResidualSite {
    let norm: any Norm
    let kind: SublayerPlace.Kind

    func callAsFunction(
      _ x: Tensor, _ tape: Tape, branch: (_ input: Tensor, _ residual: Tensor?) -> Tensor
    ) -> Tensor {
      let normed = norm(x, tape)
      let output = branch(normed, x)
      tape.forget(normed, kind == .attention ? .attention : .block)
      return output
    }
  }
}
