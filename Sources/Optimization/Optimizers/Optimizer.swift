import Platform
import Tensors

/// Moves parameters along their gradients; a variant is one file and one line in `Optimizers.all`.
public protocol Optimizer: Variant, Sendable {
  /// Takes the parameters it will move, in the order that slices refer to.
  init(parameters: [Parameter], options: Options)

  /// Whether slices have to be whole parameters, because their norms matter; false by default.
  static var needsWholeParameters: Bool { get }

  /// Moves one slice; `gradients` are the lanes' parts, whose sum is the gradient.
  ///
  /// Lanes call this at the same time for different slices. Returns Σ g² of the sum before scaling.
  func update(_ slice: ParameterSlice, gradients: [Tensor], _ step: OptimizerStep) -> Double

  /// Its memory by name, for checkpoints.
  var state: [(name: String, tensor: Tensor)] { get }
}

extension Optimizer {
  /// Slices may be parts of parameters.
  public static var needsWholeParameters: Bool { false }
}

/// What an optimiser knows of the step that it takes.
public struct OptimizerStep: Sendable, Equatable {
  /// The step, from 1.
  public var number: Int
  /// The learning rate.
  public var learningRate: Double
  /// What multiplies the summed gradient: clipping.
  public var gradientScale: Double
  /// The share of the training that was done before, 0…1; 0 when its length is unknown.
  public var fraction: Double
  /// Whether weight decay may pull on the parameter; which others it leaves alone, an optimiser knows.
  public var decays = true

  /// Creates a step.
  public init(number: Int, learningRate: Double, gradientScale: Double = 1, fraction: Double = 0) {
    self.number = number
    self.learningRate = learningRate
    self.gradientScale = gradientScale
    self.fraction = fraction
  }
}

/// The registered optimisers.
public enum Optimizers {
  /// Every variant.
  public static let all = Registry<any Optimizer.Type>(
    "optimizer", [AdamW.self, LARS.self, SGD.self]
  ) { $0 }
}

extension Selection<any Optimizer.Type> {
  /// The chosen optimiser of some parameters.
  public func make(_ parameters: [Parameter]) -> any Optimizer {
    func make<O: Optimizer>(_: O.Type) -> any Optimizer {
      O(parameters: parameters, options: options(of: O.self))
    }
    let type: any Optimizer.Type = type
    return make(type)
  }
}
