#if DoublePrecision
  /// The number type of every tensor: `Double` in this build, which checks gradients.
  public typealias Scalar = Double
#else
  /// The number type of every tensor: `Float`; `Double` in the build that checks gradients
  /// (`swift test --traits DoublePrecision`).
  public typealias Scalar = Float
#endif
