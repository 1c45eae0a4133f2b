import Platform
import Tensors

/// A normalisation of the last axis; a variant is one file and one line in `Norms.all`.
public protocol Norm: Variant, Sendable {
  /// What a recipe may set beside the name.
  associatedtype Options: DefaultedOptions = NoOptions

  /// Declares the parameters of one site for vectors of `width`.
  init(width: Int, options: Options, scope: ParameterScope)

  /// x [..., width] → [..., width].
  func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor
}

/// The registered norms.
public enum Norms {
  /// Every variant.
  public static let all: [any Norm.Type] = [LayerNorm.self, RMSNorm.self]

  /// The variant that a configuration chose, its options decoded.
  ///
  /// - Throws: `Failure` for an unknown name or option.
  public static func factory(for choice: Choice, at place: String) throws(Failure) -> NormFactory {
    let type = try findVariant(choice.name, among: all, named: { $0.name }, kind: "norm", at: place)
    return try factory(type, choice, place)
  }

  private static func factory<N: Norm>(_: N.Type, _ choice: Choice, _ place: String) throws(Failure)
    -> NormFactory
  {
    let options = try choice.decodeOptions(N.Options.self, at: place)
    return NormFactory { width, scope in N(width: width, options: options, scope: scope) }
  }
}

/// Makes the norm of one site: the chosen variant with its options.
public struct NormFactory: Sendable {
  private let make: @Sendable (Int, ParameterScope) -> any Norm

  init(_ make: @escaping @Sendable (Int, ParameterScope) -> any Norm) { self.make = make }

  /// Declares a norm for vectors of `width` under `scope`.
  public func callAsFunction(width: Int, scope: ParameterScope) -> any Norm { make(width, scope) }
}
