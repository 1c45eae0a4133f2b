/// The lanes of one process: what they exchange stays where it lies.
public struct SharedMemoryGroup: CollectiveGroup {
  /// Creates a group.
  public init() {}

  /// Participants wait for each other in memory.
  public func collectives(_ count: Int) -> [any Collective] { SharedMemoryCollective.group(of: count) }

  /// Gradients are updated from where their lanes have computed them.
  public func gradientExchange(
    of slices: SlicedParameters, among count: Int,
    update: @escaping @Sendable (ParameterSlice, [Tensor]) -> Double
  ) -> any GradientExchange {
    SharedMemoryExchange(slices: slices, count: count, update: update)
  }

  /// All gradients are in this process.
  public func reduce(_ gradients: [Tensor], _ range: Range<Int>) -> Double {
    reduceGradients(gradients, range)
  }
}
