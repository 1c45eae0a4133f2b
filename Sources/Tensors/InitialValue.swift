/// What a parameter holds before training.
public enum InitialValue: Sendable {
  /// Every element the same.
  case constant(Scalar)
  /// Given values, row-major.
  case values([Scalar])
  /// Uniform in [−bound, bound).
  case uniform(bound: Double)
  /// Normal with mean 0.
  case normal(standardDeviation: Double)
  /// Normal with mean 0, drawn again while outside ±`bound`.
  case truncatedNormal(standardDeviation: Double, bound: Double)

  /// All zeros.
  public static let zeros = InitialValue.constant(0)
  /// All ones.
  public static let ones = InitialValue.constant(1)

  /// Uniform in ±√(6 / (inputs + outputs)) (Glorot & Bengio, 2010).
  public static func xavierUniform(inputs: Int, outputs: Int) -> InitialValue {
    .uniform(bound: (6 / Double(inputs + outputs)).squareRoot())
  }

  /// Fills `tensor`; draws depend on the seed, the name and the index alone.
  func fill(_ tensor: Tensor, seed: UInt64, name: String) {
    let target = tensor.pointer
    let count = tensor.count
    var random = RandomStream(seed: seed, purpose: .initialValue, name: name)
    switch self {
    case .constant(let value):
      target.update(repeating: value, count: count)
    case .values(let values):
      precondition(values.count == count, "\(name): \(values.count) initial values for \(tensor.shape)")
      target.update(from: values, count: count)
    case .uniform(let bound):
      for index in 0..<count { target[index] = Scalar(bound * (2 * random.uniform() - 1)) }
    case .normal(let standardDeviation):
      for index in 0..<count { target[index] = Scalar(standardDeviation * random.normal()) }
    case .truncatedNormal(let standardDeviation, let bound):
      for index in 0..<count {
        var draw = standardDeviation * random.normal()
        while abs(draw) > bound { draw = standardDeviation * random.normal() }
        target[index] = Scalar(draw)
      }
    }
  }
}
