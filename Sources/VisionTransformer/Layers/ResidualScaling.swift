import Tensors

/// What may weaken a branch before it joins the stream: LayerScale (Touvron et al., 2021) and stochastic depth
/// (Huang et al., 2016).
struct ResidualScaling: Sendable {
  private let gamma: Parameter?
  private let dropRate: Double
  private let site: Int

  /// `site` numbers the branch in the model, so that each draws its own random numbers.
  init(width: Int, layerScale: Double?, dropRate: Double, site: Int, scope: ParameterScope) {
    gamma = layerScale.map { scope.parameter("gamma", shape: [width], initial: .constant(Scalar($0))) }
    self.dropRate = dropRate
    self.site = site
  }

  /// The sum of `residual` (or nothing) and the branch that `run` computes, given what it may add to itself.
  func callAsFunction(_ residual: Tensor?, _ tape: Tape, run: (_ addingTo: Tensor?) -> Tensor) -> Tensor {
    let drops = dropRate > 0 && tape.mode == .training
    guard gamma != nil || drops else { return run(residual) }
    let branch = run(nil)
    let skip = residual ?? tape.zeros(branch.shape)
    return tape.scaledResidual(
      skip, branch, layerScale: gamma.map { tape($0) },
      sampleScale: drops ? survival(tape, branch.shape[0]) : nil)
  }

  /// 0 with probability q for a sample's whole branch, 1/(1 − q) otherwise.
  private func survival(_ tape: Tape, _ count: Int) -> [Scalar] {
    guard let samples = tape.samples else {
      preconditionFailure("stochastic depth needs Tape.samples, the identity of the samples it draws for")
    }
    return (0..<count).map { index in
      var random = samples.stream(.dropPath, row: index, variant: site)
      return random.uniform() < dropRate ? 0 : Scalar(1 / (1 - dropRate))
    }
  }
}
