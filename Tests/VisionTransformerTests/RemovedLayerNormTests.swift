import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// A LayerNorm that is taken out on a schedule.
@Suite("Removed LayerNorm")
struct RemovedLayerNormTests {
  private func options(_ change: (inout RemovedLayerNorm.Options) -> Void = { _ in })
    -> RemovedLayerNorm.Options
  {
    var options = RemovedLayerNorm.Options()
    (options.start, options.mlpSpan, options.attentionSpan, options.leadingSpan) = (3, 2, 2, 2)
    options.momentum = 0.25
    change(&options)
    return options
  }

  private func norm(
    _ kind: Sublayer? = .mlp, layer: Int = 0, options: RemovedLayerNorm.Options? = nil
  ) -> (norm: RemovedLayerNorm, store: ParameterStore) {
    let store = ParameterStore()
    let place = kind.map { SublayerSite($0, layer: layer, depth: 2, width: 11) }
    let site = NormSite(kind == nil ? .final : .sublayerInput, width: 11, sublayer: place)
    return (RemovedLayerNorm(site, options: options ?? self.options(), scope: store.root), store)
  }

  private func tape(step: Int, of total: Int? = nil, _ mode: PassContext.Mode = .training) -> Tape {
    Tape(PassContext(mode, progress: TrainingProgress(step: step, totalSteps: total)))
  }

  /// Tokens [B, N, width], the first of each sample a class token.
  private func sequence(_ tokens: Tensor) -> TokenSequence { TokenSequence(tokens, leadingCount: 1) }

  /// LayerNorm, then frozen, then one deviation for all tokens: against an independent implementation, step by step.
  @Test func goesTheWayOfTheSchedule() throws {
    let golden = try GoldenFile("stream_norms.safetensors", in: .module)
    let (norm, store) = norm()
    let tolerance = bound(single: 1e-6, double: 1e-7)
    for name in ["weight", "bias"] {
      try #require(store[name]).assign(try golden("removedLayerNorm.\(name)").values)
    }
    for step in 0..<10 {
      let tape = tape(step: step)
      let x = tape.variable(try golden("removedLayerNorm.\(step).input"))
      let output = norm(sequence(x), tape)
      #expect(
        relativeError(output, to: try golden("removedLayerNorm.\(step).output")) <= tolerance, "step \(step)")
      tape.backward(from: output, gradient: try golden("removedLayerNorm.\(step).outputGradient"))
      var gradients = [("input", tape.gradient(of: x))]
      for name in ["weight", "bias"] {
        gradients.append((name, tape.gradient(of: try #require(store[name]))))
      }
      for (name, gradient) in gradients {
        let error = relativeError(
          try #require(gradient), to: try golden("removedLayerNorm.\(step).\(name)Gradient"))
        #expect(error <= tolerance, "step \(step), \(name)")
      }
      let deviation = try #require(store["deviation"]).value
      #expect(relativeError(deviation, to: try golden("removedLayerNorm.\(step).deviation")) <= tolerance)
      #expect(norm.stage == (step < 3 ? .present : step < 9 ? .frozen : .affine))
      // In use it does what it did in the last step of training.
      let used = norm(
        sequence(try golden("removedLayerNorm.\(step).input")), self.tape(step: 0, .evaluating))
      #expect(relativeError(used, to: output) <= tolerance, "step \(step) in use")
    }
  }

  @Test func sitesGoInTheOrderOfTheSchedule() {
    func turn(_ kind: Sublayer?, _ layer: Int) -> Int? {
      let (norm, _) = norm(kind, layer: layer)
      return (0..<12).first { step in
        _ = norm(sequence(.random([2, 3, 11], seed: UInt64(step))), tape(step: step))
        return norm.stage != .present
      }
    }
    #expect(turn(.mlp, 0) == 3 && turn(.mlp, 1) == 4)
    #expect(turn(.attention, 0) == 5 && turn(.attention, 1) == 6)
    #expect(turn(nil, 0) == 7)
  }

  @Test func sharesOfARunNeedItsLength() {
    let shares = options { ($0.start, $0.mlpSpan, $0.attentionSpan, $0.leadingSpan) = (0.1, 0.1, 0.1, 0.1) }
    let (norm, _) = norm(options: shares)
    let x = sequence(.random([2, 3, 11], seed: 1))
    _ = norm(x, tape(step: 1_000_000))
    #expect(norm.stage == .present)
    _ = norm(x, tape(step: 9, of: 100))
    #expect(norm.stage == .present)
    _ = norm(x, tape(step: 10, of: 100))
    #expect(norm.stage == .frozen)
    _ = norm(x, tape(step: 40, of: 100))
    #expect(norm.stage == .affine)
    // What is gone stays gone.
    _ = norm(x, tape(step: 0, of: 100))
    #expect(norm.stage == .affine)
  }

  @Test func anInitialNormIsLayerNorm() {
    let (norm, _) = norm()
    let x = Tensor.random([2, 3, 11], seed: 1)
    let tape = tape(step: 0, .evaluating)
    #expect(norm(sequence(x), tape).values == tape.layerNorm(x, weight: nil, bias: nil, epsilon: 1e-6).values)
    #expect(!norm.isAffineNow)
  }

  @Test func impossibleTimesAreRefused() {
    for change: (inout RemovedLayerNorm.Options) -> Void in [
      { $0.start = -1 }, { $0.mlpSpan = .nan }, { $0.momentum = 0 }, { $0.momentum = 1.1 },
      { $0.epsilon = 0 },
    ] {
      #expect(throws: Failure.self) { try options(change).check() }
    }
  }
}
