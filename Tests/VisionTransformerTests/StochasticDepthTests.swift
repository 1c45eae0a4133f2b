import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Drop path (Huang et al., 2016): whole branches of single samples, off outside training.
@Suite("Stochastic depth")
struct StochasticDepthTests {
  private let patches = Tensor.random([1, 6, 12], seed: 3)

  /// The output of the only block, whose MLP adds nothing, for `batch` copies of one image.
  private func stream(
    rate: Double, hasAttention: Bool = true, placement: String = "pre", _ context: PassContext, batch: Int = 1
  ) throws -> [[Scalar]] {
    let model = try makeModel(
      smallConfiguration { ($0.depth, $0.dropPath, $0.placement) = (1, rate, Choice(placement)) })
    let silenced = ["fc2", "ffn_ln"] + (hasAttention ? [] : ["attn.proj", "attn_ln"])
    for parameter in model.parameters.parameters
    where silenced.contains(where: { parameter.name.contains($0) }) {
      parameter.assign([Scalar](repeating: 0, count: parameter.value.count))
    }
    var seen: [Scalar] = []
    let observer = PassObserver(onResult: {
      if $0 == .block(0, stack: "encoder", of: .encoder) { seen = $1.values }
    })
    let tape = Tape(context, recordsGradients: false, observer: observer)
    let copies = (0..<batch).flatMap { _ in patches.values }
    _ = model.encode(Tensor(shape: [batch, 6, 12], values: copies), tape)
    let size = seen.count / batch
    return (0..<batch).map { Array(seen[$0 * size..<($0 + 1) * size]) }
  }

  @Test func evaluationDropsNothing() throws {
    let plain = try stream(rate: 0, .evaluating)
    #expect(try stream(rate: 0.5, .evaluating) == plain)
    #expect(try stream(rate: 0, hasAttention: false, .evaluating) != plain)
  }

  /// A sample becomes x with probability q and x + branch/(1 − q) otherwise, so that its mean is x + branch. A norm of
  /// what the branch gives is a part of it.
  @Test(arguments: [("pre", 0.25), ("pre", 0.5), ("sandwich", 0.25), ("normFormer", 0.5)])
  func trainingDropsWholeBranchesAtTheirRate(placement: String, rate: Double) throws {
    let batch = 2_000
    let x = try stream(rate: 0, hasAttention: false, placement: placement, .evaluating)[0]
    let whole = try stream(rate: 0, placement: placement, .evaluating)[0]
    let kept = zip(x, whole).map { $0 + ($1 - $0) / Scalar(1 - rate) }
    let identity = SampleIdentity(seed: 1, epoch: 0, indices: Array(0..<batch))
    let context = PassContext(.training, samples: identity)
    let samples = try stream(rate: rate, placement: placement, context, batch: batch)
    // Not the same bits: in some kernels the order of a product's sums depends on the place in the batch.
    let isDropped = samples.map { relativeError($0, to: x) <= 1e-6 }
    let dropped = isDropped.count { $0 }
    #expect(relativeError(kept, to: x) > 1e-2)
    #expect(zip(samples, isDropped).allSatisfy { $1 || relativeError($0, to: kept) <= 1e-6 })
    let deviation = (rate * (1 - rate) / Double(batch)).squareRoot()
    #expect(abs(Double(dropped) / Double(batch) - rate) <= 5 * deviation)
  }

  /// The draw belongs to seed, epoch and sample, not to the row of a batch.
  @Test func theDrawBelongsToTheSample() throws {
    func draw(_ indices: [Int], epoch: Int = 0) throws -> [[Scalar]] {
      let identity = SampleIdentity(seed: 1, epoch: epoch, indices: indices)
      let context = PassContext(.training, samples: identity)
      return try stream(rate: 0.5, context, batch: indices.count)
    }
    let all = try draw(Array(0..<40))
    for (sample, same) in zip(try draw(Array(20..<40)), all[20...]) {
      #expect(relativeError(sample, to: same) <= 1e-6)
    }
    #expect(try draw(Array(0..<40), epoch: 1) != all)
  }
}
