import Platform
import Synchronization
import Tensors

/// A norm of a model: where it stands and what was chosen there.
public struct DeclaredNorm: Sendable {
  /// The name of its place, which its parameters' names begin with: `blocks.0.norm1`.
  public let name: String
  /// What it is applied to.
  public let site: NormSite
  /// Where its parameters stand in the model.
  public let parameterSite: ParameterSite
  /// The variant and its options.
  public let choice: Choice
  /// The norm itself.
  public let norm: any Norm

  /// Whether it ends in γ∘… + β that it can do without: a variant that has the option `affine` multiplies by `weight` and
  /// adds `bias` last, and the option is on.
  public var hasAffine: Bool { options["affine"] == .bool(true) }

  /// All options, the defaults filled in.
  public var options: JSONValue {
    func defaults<N: Norm>(_: N) -> JSONValue { .encoding(N.Options()) }
    return defaults(norm).overlaid(with: .object(choice.options))
  }
}

/// The norms that a model has declared, in their order; shared by all copies of its recipe.
final class DeclaredNorms: Sendable {
  private let norms = Mutex<[DeclaredNorm]>([])

  var all: [DeclaredNorm] { norms.withLock { $0 } }

  func append(_ norm: DeclaredNorm) { norms.withLock { $0.append(norm) } }
}
