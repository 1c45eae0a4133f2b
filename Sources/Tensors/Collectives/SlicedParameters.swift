/// Parameters cut into the slices that an optimiser moves.
public struct SlicedParameters: Sendable {
  /// All slices, in the order of the parameters.
  public let all: [ParameterSlice]
  /// Where in `all` the slices of each parameter are.
  public let slicesOf: [Range<Int>]

  /// Cuts parameters; into whole ones where their norms matter.
  public init(_ parameters: [Parameter], whole: Bool = false) {
    let slices =
      whole ? ParameterSlice.slices(of: parameters, size: .max) : ParameterSlice.slices(of: parameters)
    all = slices
    slicesOf = parameters.indices.map { index in
      let first = slices.firstIndex { $0.index == index } ?? slices.count
      return first..<(slices[first...].firstIndex { $0.index != index } ?? slices.count)
    }
  }
}
