/// Parameters cut into the slices that an optimiser moves.
public struct SlicedParameters: Sendable {
  /// All slices, in the order of the parameters.
  public let all: [ParameterSlice]
  /// The places in `all` of each parameter's slices.
  public let places: [Range<Int>]

  /// Cuts parameters; into whole ones where their norms matter.
  public init(_ parameters: [Parameter], whole: Bool = false) {
    let slices =
      whole ? ParameterSlice.slices(of: parameters, size: .max) : ParameterSlice.slices(of: parameters)
    all = slices
    places = parameters.indices.map { index in
      let first = slices.firstIndex { $0.index == index } ?? slices.count
      return first..<(slices[first...].firstIndex { $0.index != index } ?? slices.count)
    }
  }
}
