import Platform
import Tensors

/// Layer-sequential unit variance (Mishkin & Matas, 2015): orthonormal weights, then every linear layer, in the order of
/// the forward pass, rescaled until its output on the first batch has deviation 1.
///
/// A layer is a fused projection as it stands: queries, keys and values share a factor. No layer is left out, be it
/// queries and keys, writers of the stream or a decoder's last. The deviation is that of all outputs together, bias
/// included and residual not, with every layer as it is in evaluation, as the released code has it. A layer whose
/// output is the same everywhere stays as it is.
public struct LSUV: DataDrivenInitializer {
  /// `lsuv` in recipes.
  public static let name = "lsuv"
  /// A line for `vitrail list`.
  public static let summary =
    "orthonormal, then every layer rescaled to outputs of deviation 1 on the first batch"
  /// Where it is from.
  public static let source = "Mishkin & Matas, 2015"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// How far from 1 a deviation may be.
    public var tolerance = 0.1
    /// How often a layer is rescaled at most.
    public var tries = 10
    /// Whether each layer's biases are shifted, all by one number, to outputs of mean 0 besides.
    public var shiftsBias = false
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "tolerance": .above(0, below: 1), "tries": .from(1, to: 1000),
    ]
  }

  private let options: Options

  /// Takes the options.
  public init(options: Options) { self.options = options }

  /// Orthonormal rows or columns, whichever are fewer, of each matrix of a fused projection: U·Vᵀ of a Gaussian.
  public func weight(_ site: WeightSite) -> InitialValue {
    let (rows, columns) = (site.fans.outputs, site.fans.inputs)
    let (seed, name) = (site.scope.store.seed, site.scope.prefix)
    return .computed {
      var random = RandomStream(seed: seed, purpose: .initialValue, name: name)
      return (0..<site.outputs / rows).flatMap { _ in
        let gaussian = (0..<rows * columns).map { _ in random.normal() }
        guard let singular = SingularValues(of: gaussian, rows: rows, columns: columns) else {
          preconditionFailure("lsuv: a finite matrix has no singular values")
        }
        return singular.orthonormal.map { Scalar($0) }
      }
    }
  }

  /// N(0, 0.02) for class, mask and positions, N(0, 1e-6) for registers.
  public func token(_ role: TokenRole) -> InitialValue { XavierUniform(options: NoOptions()).token(role) }

  /// Rescales every linear layer that the pass runs, before its product is computed.
  public func calibrate(
    _ store: ParameterStore, _ context: PassContext, pool: BufferPool, pass: (Tape) -> Void
  ) {
    var done: Set<String> = []
    let observer = PassObserver(beforeProduct: { weight, input in
      guard weight.isTrainable, done.insert(weight.name).inserted else { return }
      let bias = store.parameters.first { $0.layer == weight.layer && $0.role == .bias }
      calibrate(weight, bias, input, pool)
    })
    pass(Tape(context, observer: observer, pool: pool))
  }

  private func calibrate(_ weight: Parameter, _ bias: Parameter?, _ input: Tensor, _ pool: BufferPool) {
    for _ in 0..<options.tries {
      let output = Tape(.evaluating, pool: pool)
        .linear(input, weight: weight.value, bias: bias?.value)
      let (mean, deviation) = output.meanAndDeviation
      let isOff = abs(deviation - 1) > options.tolerance
      let isShifted = options.shiftsBias && bias != nil && abs(mean) > options.tolerance
      guard deviation.isFinite, deviation > 1e-8, isOff || isShifted else { return }
      if isOff { weight.assign(weight.value.values.map { Scalar(Double($0) / deviation) }) }
      if isShifted, let bias { bias.assign(bias.value.values.map { Scalar(Double($0) - mean) }) }
    }
  }
}

extension Tensor {
  /// Mean and deviation of all elements, the variance around the mean.
  fileprivate var meanAndDeviation: (mean: Double, deviation: Double) {
    withSpan { elements in
      var (sum, squares) = (0.0, 0.0)
      for index in elements.indices { sum += Double(elements[index]) }
      let mean = sum / Double(count)
      for index in elements.indices {
        squares += (Double(elements[index]) - mean) * (Double(elements[index]) - mean)
      }
      return (mean, (squares / Double(count)).squareRoot())
    }
  }
}
