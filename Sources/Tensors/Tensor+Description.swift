extension Tensor: CustomStringConvertible {
  /// Shape, range and mean, and the first values: `Tensor [2, 3] from -1 to 2, mean 0.5: -1, 0, 0.5, …`.
  public var description: String {
    let values = values
    let finite = values.filter(\.isFinite)
    guard let lowest = finite.min(), let highest = finite.max() else {
      return "Tensor \(shape)\(values.isEmpty ? "" : ", not finite")"
    }
    let mean = finite.reduce(0) { $0 + Double($1) } / Double(finite.count)
    let others = values.count - finite.count
    let first = values.prefix(4).map(Self.short).joined(separator: ", ")
    return
      "Tensor \(shape) from \(Self.short(lowest)) to \(Self.short(highest)), mean \(Self.short(Scalar(mean)))"
      + (others > 0 ? ", \(others) not finite" : "") + ": \(first)\(values.count > 4 ? ", …" : "")"
  }

  /// At most four digits after the point; values that are all smaller or very large as they are.
  private static func short(_ value: Scalar) -> String {
    guard value == 0 || value.magnitude >= 1e-3, value.magnitude < 1e9 else { return "\(value)" }
    let rounded = (Double(value) * 1e4).rounded() / 1e4
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
