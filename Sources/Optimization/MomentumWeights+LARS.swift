import Tensors

extension MomentumWeights {
  /// One step of `LARS` on a matrix: d = t·(g + wd·θ), t the trust in it; μ ← m·μ + d; θ ← θ − lr·μ.
  package mutating func step(_ gradient: [Double], learningRate: Double, _ options: LARS.Options) {
    let (own, change) = decayedNorms(gradient, decay: options.weightDecay)
    let trust = options.trust(weightNorm: own, gradientNorm: change)
    step(
      gradient,
      MomentumConstants(
        learningRate: learningRate, momentum: options.momentum, gradientFactor: trust,
        decayFactor: trust * options.weightDecay))
  }
}
