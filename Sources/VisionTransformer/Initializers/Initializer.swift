import Platform
import Tensors

/// How weights start; a variant is one file and one line in `Initializers.all`. Biases start at 0.
public protocol Initializer: Variant, Sendable {
  /// What a recipe may set beside the name.
  associatedtype Options: DefaultedOptions = NoOptions

  /// Takes its options.
  init(options: Options)

  /// The start of a weight [outputs, inputs].
  func weight(_ site: WeightSite) -> InitialValue

  /// The start of a learned token or position table.
  func token(_ role: TokenRole) -> InitialValue
}

/// What a learned vector of the stream's width is for.
public enum TokenRole: Sendable {
  case classToken, register, maskToken, position
}

/// The registered initialisers.
public enum Initializers {
  /// Every variant.
  public static let all: [any Initializer.Type] = [
    XavierUniform.self,
    TruncatedNormal.self,
    DeepNet.self,
    LSUV.self,
    Magneto.self,
    Mimetic.self,
    SmallInit.self,
  ]

  /// The initialiser that a configuration chose, its options decoded.
  ///
  /// - Throws: `Failure` for an unknown name or option.
  public static func make(
    _ choice: Choice, among all: [any Initializer.Type] = all, at place: String
  ) throws(Failure) -> any Initializer {
    let type = try findVariant(choice.name, among: all, named: { $0.name }, kind: "initializer", at: place)
    return try make(type, choice, place)
  }

  private static func make<I: Initializer>(
    _: I.Type, _ choice: Choice, _ place: String
  ) throws(Failure) -> any Initializer {
    I(options: try choice.decodeOptions(I.Options.self, at: place))
  }
}
