import Platform
import Tensors

/// How weights start; a variant is one file and one line in `Initializers.all`. Biases start at 0.
public protocol Initializer: Variant, Sendable {
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
  public static let all = Registry<any Initializer.Type>(
    "initializer",
    [
      XavierUniform.self,
      TruncatedNormal.self,
      DeepNet.self,
      LSUV.self,
      Magneto.self,
      Mimetic.self,
      SmallInit.self,
    ]
  ) { $0 }
}

extension Selection<any Initializer.Type> {
  /// The chosen initialiser.
  public func make() -> any Initializer {
    func make<I: Initializer>(_: I.Type) -> any Initializer { I(options: options(of: I.self)) }
    let type: any Initializer.Type = type
    return make(type)
  }
}
