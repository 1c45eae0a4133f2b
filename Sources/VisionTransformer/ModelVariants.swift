import Platform

/// The variants that a configuration may name: the registered ones, and beside them those of a program of its own.
public struct ModelVariants: Sendable {
  /// Norm functions.
  public var norms = Norms.all
  /// Norm placements.
  public var placements = NormPlacements.all
  /// Initialisers.
  public var initializers = Initializers.all

  /// The registered variants.
  public init() {}
}
