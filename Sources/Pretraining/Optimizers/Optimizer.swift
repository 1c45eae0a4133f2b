import Platform
import Tensors

/// Moves parameters along their gradients; a variant is one file and one line in `Optimizers.all`.
public protocol Optimizer: Variant, Sendable {
  /// What a recipe may set beside the name.
  associatedtype Options: DefaultedOptions = NoOptions

  /// Takes the parameters it will move, in the order that slices refer to.
  init(parameters: [Parameter], options: Options)

  /// Moves one slice; `gradients` are the lanes' parts, whose sum is the gradient.
  ///
  /// Lanes call this at the same time for different slices. `step` counts from 1; `gradientScale` multiplies the
  /// sum. Returns Σ g² of the sum before scaling.
  func update(
    _ slice: ParameterSlice, gradients: [Tensor], learningRate: Double, step: Int, gradientScale: Double
  ) -> Double

  /// Its memory by name, for checkpoints.
  var state: [(name: String, tensor: Tensor)] { get }
}

/// The registered optimisers.
public enum Optimizers {
  /// Every variant.
  public static let all: [any Optimizer.Type] = [AdamW.self]

  /// The optimiser that a recipe chose.
  ///
  /// - Throws: `Failure` for an unknown name or option.
  public static func make(
    _ choice: Choice, parameters: [Parameter], at place: String
  ) throws(Failure) -> any Optimizer {
    let type = try findVariant(choice.name, among: all, named: { $0.name }, kind: "optimizer", at: place)
    return try make(type, choice, parameters, place)
  }

  private static func make<O: Optimizer>(
    _: O.Type, _ choice: Choice, _ parameters: [Parameter], _ place: String
  ) throws(Failure) -> any Optimizer {
    O(parameters: parameters, options: try choice.decodeOptions(O.Options.self, at: place))
  }
}
