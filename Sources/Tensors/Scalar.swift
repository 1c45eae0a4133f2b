/// The number type of every tensor: `Float`, or `Double` in the build that checks gradients
/// (`swift test --traits DoublePrecision`).
#if DoublePrecision
  public typealias Scalar = Double
#else
  public typealias Scalar = Float
#endif
