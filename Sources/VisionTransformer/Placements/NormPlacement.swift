import Platform
import Tensors

/// Where the norms of a block stand and how a sublayer joins the residual stream; a variant is one file and one
/// line in `NormPlacements.all`.
public protocol NormPlacement: Variant, Sendable {
  /// What a recipe may set beside the name.
  associatedtype Options: DefaultedOptions = NoOptions

  /// Takes its options.
  init(options: Options)

  /// Whether a norm follows the last block.
  var hasFinalNorm: Bool { get }

  /// Declares what one sublayer of layer `layer` (from 0) of `depth` needs, and returns its rule.
  func site(_ place: SublayerPlace, makeNorm: NormFactory, scope: ParameterScope) -> any ResidualSite
}

/// Which sublayer a residual rule is for.
public struct SublayerPlace: Sendable {
  /// The two sublayers of a block.
  public enum Kind: Sendable {
    case attention, mlp
  }

  /// Attention or MLP.
  public let kind: Kind
  /// The block, from 0.
  public let layer: Int
  /// Number of blocks.
  public let depth: Int
  /// Width of the stream, D.
  public let width: Int

  /// The name that public checkpoints give to the sublayer's norm.
  public var normName: String { kind == .attention ? "norm1" : "norm2" }
}

/// The residual rule of one sublayer.
public protocol ResidualSite: Sendable {
  /// x [B, N, D] → [B, N, D]; `branch(input, residual)` is the sublayer, added to `residual` when there is one.
  func callAsFunction(
    _ x: Tensor, _ tape: Tape, branch: (_ input: Tensor, _ residual: Tensor?) -> Tensor
  ) -> Tensor
}

/// The registered placements.
public enum NormPlacements {
  /// Every variant.
  public static let all: [any NormPlacement.Type] = [PreNorm.self, PostNorm.self]

  /// The placement that a configuration chose, its options decoded.
  ///
  /// - Throws: `Failure` for an unknown name or option.
  public static func make(_ choice: Choice, at place: String) throws(Failure) -> any NormPlacement {
    let type = try findVariant(choice.name, among: all, named: { $0.name }, kind: "norm placement", at: place)
    return try make(type, choice, place)
  }

  private static func make<P: NormPlacement>(
    _: P.Type, _ choice: Choice, _ place: String
  ) throws(Failure) -> any NormPlacement {
    P(options: try choice.decodeOptions(P.Options.self, at: place))
  }
}
