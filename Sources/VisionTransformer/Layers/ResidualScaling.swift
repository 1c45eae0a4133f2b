import Platform
import Tensors

/// What happens to a branch before it joins the stream, in this order: the norm and the factors of the placement,
/// LayerScale (Touvron et al., 2021) and stochastic depth (Huang et al., 2016).
struct ResidualScaling: Sendable {
  private let gamma: Parameter?
  private let dropRate: Double
  private let site: Int
  private let level: Recompute

  /// `site` numbers the branch in the model, so that each draws its own random numbers; `level` is the one from which
  /// on the branch is computed again.
  init(
    width: Int, layerScale: Double?, dropRate: Double, site: Int, level: Recompute, scope: ParameterScope
  ) {
    self.level = level
    gamma = layerScale.map {
      scope.parameter("gamma", shape: [width], role: .layerScale, initial: .constant(Scalar($0)))
    }
    self.dropRate = dropRate
    self.site = site
  }

  /// The sum of `residual` (or nothing) and the branch that `run` computes of `input`, given what it may add to itself.
  func callAsFunction(
    _ input: TokenSequence, addingTo residual: Tensor?, by rule: any ResidualSite, _ tape: Tape,
    run: (_ addingTo: Tensor?, _ scale: Scalar) -> Tensor
  ) -> Tensor {
    let drops = dropRate > 0 && tape.context.mode == .training
    let factors = rule.factors(tape)
    guard rule.outputNorm != nil || gamma != nil || drops || factors.branch != 1 else {
      return run(residual, factors.skip)
    }
    let output = run(nil, 1)
    let branch = rule.outputNorm?(input.with(output), tape) ?? output
    let sum = tape.scaledResidual(
      residual ?? tape.zeros(branch.shape), branch, layerScale: gamma.map { tape($0) },
      sampleScale: drops ? survival(tape, branch.shape[0]) : nil,
      residualScale: factors.skip, branchScale: factors.branch)
    for result in [output, branch] { tape.forget(result, level) }
    return sum
  }

  /// 0 with probability q for a sample's whole branch, 1/(1 − q) otherwise.
  private func survival(_ tape: Tape, _ count: Int) -> [Scalar] {
    guard let samples = tape.context.samples else {
      preconditionFailure(
        "stochastic depth needs PassContext.samples, the identity of the samples it draws for")
    }
    return (0..<count).map { index in
      var random = samples.stream(.dropPath, row: index, variant: site)
      return random.uniform() < dropRate ? 0 : Scalar(1 / (1 - dropRate))
    }
  }
}
