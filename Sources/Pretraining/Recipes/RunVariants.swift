import Optimization
import Platform
import VisionTransformer

/// The variants that a recipe may name: the registered ones, and beside them those of a program of its own.
public struct RunVariants: Sendable {
  /// What the encoder is made of.
  public var model = ModelVariants()
  /// Objectives.
  public var objectives = Objectives.all
  /// Optimisers.
  public var optimizers = Optimizers.all

  /// The registered variants.
  public init() {}
}
