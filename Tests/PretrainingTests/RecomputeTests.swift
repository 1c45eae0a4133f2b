import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Computing activations again changes memory, and nothing else.
@Suite("Recomputed activations")
struct RecomputeTests {
  private func gradients(_ model: GoldenAutoencoder, _ recompute: Recompute, samples: Int = 3) throws -> (
    loss: Scalar, gradients: [[Scalar]], bytes: Int
  ) {
    let tape = Tape(PassContext(.training, recompute: recompute))
    let loss = model.objective.loss(model.batch(samples), tape)
    tape.backward(from: loss)
    return (
      loss.scalar, try model.trainable.map { try #require(tape.gradient(of: $0)).values }, tape.pool.bytes
    )
  }

  /// Norms, placements and patch norms of all golden models; the operations run again on the same operands.
  @Test(arguments: Recompute.allCases)
  func gradientsKeepTheirBits(recompute: Recompute) throws {
    for golden in try #require(GoldenAutoencoder.models) {
      let model = try GoldenAutoencoder(golden)
      let (plain, again) = (try gradients(model, .none), try gradients(model, recompute))
      #expect(again.loss == plain.loss)
      #expect(again.gradients == plain.gradients, "\(golden.file)")
    }
  }

  @Test func eachLevelTakesLessMemory() throws {
    let model = try GoldenAutoencoder.first()
    let bytes = try Recompute.allCases.map { try gradients(model, $0, samples: 200).bytes }
    #expect(Double(bytes[1]) < 0.9 * Double(bytes[0]))
    #expect(Double(bytes[2]) < 0.9 * Double(bytes[1]))
  }

  /// A result that is read after it was dropped comes back, as often as it takes.
  @Test func aDroppedResultCanBeRead() {
    let store = ParameterStore(seed: 1)
    let weight = store.root.parameter(
      "weight", shape: [7, 5], role: .matrix(.other), initial: .normal(standardDeviation: 1))
    let tape = Tape(PassContext(.training, recompute: .block))
    let y = tape.linear(Tensor.random([3, 5]), weight: tape(weight))
    let values = y.values
    for _ in 0..<2 {
      tape.forget(y, .attention)
      #expect(y.values == values)
    }
  }
}
