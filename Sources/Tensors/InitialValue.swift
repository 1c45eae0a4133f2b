import Platform

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
  /// An equal share of the rows for each, from the top; draws go on from one to the next, so that equal parts give what
  /// the whole would.
  indirect case stacked([InitialValue])
  /// Values, row-major, of something that takes time: asked for when a parameter is filled, and only then.
  case computed(@Sendable () -> [Scalar])

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
    var random = RandomStream(seed: seed, purpose: .initialValue, name: name)
    fill(UnsafeMutableBufferPointer(start: tensor.pointer, count: tensor.count), from: &random, name)
  }

  private func fill(
    _ target: UnsafeMutableBufferPointer<Scalar>, from random: inout RandomStream, _ name: String
  ) {
    switch self {
    case .constant(let value):
      target.update(repeating: value)
    case .values(let values):
      copy(values, to: target, name)
    case .uniform(let bound):
      for index in target.indices { target[index] = Scalar(bound * (2 * random.uniform() - 1)) }
    case .normal(let standardDeviation):
      for index in target.indices { target[index] = Scalar(standardDeviation * random.normal()) }
    case .truncatedNormal(let standardDeviation, let bound):
      for index in target.indices {
        var draw = standardDeviation * random.normal()
        while abs(draw) > bound { draw = standardDeviation * random.normal() }
        target[index] = Scalar(draw)
      }
    case .stacked(let parts):
      precondition(
        !parts.isEmpty && target.count % parts.count == 0,
        "\(name): \(target.count) values in \(parts.count) parts")
      let share = target.count / parts.count
      for (index, part) in parts.enumerated() {
        part.fill(.init(rebasing: target[index * share..<(index + 1) * share]), from: &random, name)
      }
    case .computed(let values):
      copy(values(), to: target, name)
    }
  }

  private func copy(_ values: [Scalar], to target: UnsafeMutableBufferPointer<Scalar>, _ name: String) {
    precondition(values.count == target.count, "\(name): \(values.count) initial values for \(target.count)")
    _ = target.update(from: values)
  }
}
