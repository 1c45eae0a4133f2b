import Optimization
import Pretraining
import Tensors
import Testing

/// What a training step asks of optimisers and clipping.
@Suite("Optimisers in a step")
struct OptimizersInStepTests {
  @Test func larsTakesWholeParametersInAStep() throws {
    let model = try ComparingModel("simCLR")
    let (step, team) = model.step({ LARS(parameters: $0, options: .init()) }, lanes: 2)
    defer { team.dissolve() }
    let outcome = step.run(model.batch(4), learningRate: 0.1, step: 1)
    #expect(outcome.loss.isFinite && outcome.gradientNorm > 0)
  }

  private func norm(_ values: [Scalar]) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  @Test func eachParameterMayBeClippedAlone() throws {
    let model = try ComparingModel("simCLR")
    let (step, team) = model.step(lanes: 2, clipping: GradientClipping(norm: 0.01, clipsEachParameter: true))
    defer { team.dissolve() }
    let before = model.trainable.map(\.value.values)
    _ = step.run(model.batch(5), learningRate: 1, step: 1)
    var clipped = 0
    for (parameter, old) in zip(model.trainable, before) {
      let moved = norm(zip(parameter.value.values, old).map { $0 - $1 })
      #expect(moved <= 0.01 * (1 + 1e-3), "\(parameter.name)")
      if moved > 0.0099 { clipped += 1 }
    }
    #expect(clipped > 3)
  }
}
