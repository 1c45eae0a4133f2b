import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// What defines the norms that go by the statistics of the batch, whatever the input.
@Suite("Norms of the whole batch")
struct BatchStatisticsTests {
  static let choices = Norms.all.filter { $0.usesBatchStatistics }.map { Choice($0.name) }

  private let x = Tensor.random([3, 5, 8], seed: 1, scale: 2, shift: 1)
  private let store = ParameterStore(seed: 1)

  private func norm(_ choice: Choice, at place: String? = nil) throws -> any Norm {
    try Norms.all.select(choice, at: "test").factory(
      NormSite(.sublayerInput, width: 8), scope: place.map { store.root[$0] } ?? store.root)
  }

  private func training(step: Int = 0, of total: Int? = nil) -> Tape {
    Tape(PassContext(.training, progress: TrainingProgress(step: step, totalSteps: total)))
  }

  private func map(_ x: Tensor, _ change: (_ channel: Int, Scalar) -> Scalar) -> Tensor {
    Tensor(shape: x.shape, values: x.values.enumerated().map { change($0 % x.width, $1) })
  }

  /// Everything random, buffers too; variances and mean squares stay positive.
  private func scramble() {
    store.randomize(seed: 4)
    for (index, buffer) in store.parameters.enumerated() where !buffer.isTrainable {
      let values = Tensor.random(buffer.shape, seed: UInt64(50 + index), scale: 0.3).values
      let isSquare = buffer.name.hasSuffix("var") || buffer.name.hasSuffix("square")
      buffer.assign(isSquare ? values.map { 0.5 + $0 * $0 } : values)
    }
  }

  @Test func allAreRegistered() {
    #expect(Set(Self.choices.map(\.name)) == ["batchNorm", "powerNorm", "prepBN", "removedLayerNorm"])
  }

  @Test func batchNormIgnoresScaleAndShiftOfAChannel() throws {
    let norm = try norm("batchNorm")
    let other = map(x) { channel, value in Scalar(channel + 1) * value - Scalar(3 * channel) }
    #expect(relativeError(norm(other, training()), to: norm(x, training())) <= 3e-6)
  }

  /// Under a batch norm no channel's mean can matter: gradients sum to 0 over the rows.
  @Test func theInputGradientOfBatchNormSumsToZero() throws {
    let tape = training()
    let variable = tape.variable(x)
    let norm = try norm("batchNorm")
    tape.backward(from: norm(variable, tape), gradient: .random(x.shape, seed: 4))
    let gradient = try #require(tape.gradient(of: variable)).values
    let sums = (0..<8).map { channel in
      stride(from: channel, to: gradient.count, by: 8).reduce(0.0) { $0 + Double(gradient[$1]) }
    }
    #expect(largestMagnitude(sums) <= 1e-6 * 15 * largestMagnitude(gradient.map { Double($0) }))
  }

  /// Values about 1e4 are 1e-3 apart in Float: that is all that may be lost.
  @Test func aFarOffsetCostsOnlyTheInputsDigits() throws {
    let norm = try norm("batchNorm")
    let far = map(x) { $1 + 1e4 }
    #expect(
      relativeError(norm(far, training()), to: norm(x, training())) <= bound(single: 1e-3, double: 1e-8))
  }

  @Test func powerNormIgnoresTheScaleOfAToken() throws {
    let norm = try norm("powerNorm")
    let scales: [Scalar] = (0..<15).map { 1 + Scalar($0) }
    let other = Tensor(
      shape: x.shape, values: x.values.enumerated().map { scales[$0 / 8] * $1 })
    #expect(relativeError(norm(other, training()), to: norm(x, training())) <= 1e-5)
  }

  @Test func powerNormsMeanSquaresAreOne() throws {
    let norm = try norm("powerNorm")
    let output = norm(x, training()).values
    for channel in 0..<8 {
      let squares = stride(from: channel, to: output.count, by: 8).map { output[$0] * output[$0] }
      #expect(abs(squares.reduce(0, +) / 15 - 1) <= 1e-3)
    }
  }

  /// λ = 1 is LayerNorm, to the bit; from 80 % of the training on it is RepBN.
  @Test func prepBNGoesFromLayerNormToRepBN() throws {
    let (whole, layer, batch) = (
      try norm("prepBN", at: "whole"), try norm("layerNorm", at: "layer"), try norm("batchNorm", at: "batch")
    )
    scramble()
    func copy(_ name: String, _ other: String) throws {
      try #require(store[other]).assign(try #require(store["whole.\(name)"]).value.values)
    }
    for name in ["weight", "bias"] {
      try copy("layer.\(name)", "layer.\(name)")
      try copy("batch.\(name)", "batch.\(name)")
    }
    let eta = try #require(store["whole.eta"]).value.scalar
    let normed = layer(x, training())
    #expect(whole(x, training()).values == normed.values)
    let tape = Tape(.training)
    let rescaled = tape.scaledResidual(
      batch(x, training()), tape.scaled(x, by: eta), layerScale: nil)
    for (step, total, share) in [
      (0, 100, 1), (20, 100, 0.75), (79, 100, 1.0 / 80), (80, 100, 0), (99, 100, 0), (1, 1, 0),
      (30_000, nil, 0.9),
    ] as [(Int, Int?, Double)] {
      let wanted = zip(normed.values, rescaled.values).map { share * Double($0) + (1 - share) * Double($1) }
      let output = whole(x, training(step: step, of: total)).values.map { Double($0) }
      #expect(relativeError(output, wanted) <= 1e-6, "step \(step) of \(total ?? 0)")
    }
  }

  @Test func warmStepsGatherNoStatistics() throws {
    let norm = try norm(Choice("prepBN", options: ["warmSteps": .integer(2), "steps": .integer(4)]))
    let before = store.parameters.map(\.value.values)
    for step in 0..<2 { _ = norm(x, training(step: step)) }
    #expect(store.parameters.map(\.value.values) == before)
    _ = norm(x, training(step: 2))
    #expect(store.parameters.map(\.value.values) != before)
  }

  /// What a linear layer makes of the norm's output, it makes of the input once the norm is folded into it.
  @Test(arguments: ["batchNorm", "prepBN"])
  func evaluationFoldsIntoTheNextLayer(name: String) throws {
    let norm = try #require(try norm(Choice(name)) as? any AffineInEvaluation)
    scramble()
    let map = norm.affineMap
    #expect(!map.centers)
    let (weight, bias) = (Tensor.random([6, 8], seed: 2), Tensor.random([6], seed: 3))
    let tape = Tape(.evaluating)
    let plain = tape.linear(norm(x, tape), weight: weight, bias: bias)
    let folded = Tensor(
      shape: [6, 8], values: weight.values.enumerated().map { $1 * map.scale[$0 % 8] })
    let shifts = (0..<6).map { row in
      (0..<8).reduce(bias.values[row]) { $0 + weight.values[row * 8 + $1] * map.shift[$1] }
    }
    let other = tape.linear(x, weight: folded, bias: Tensor(shape: [6], values: shifts))
    #expect(relativeError(other, to: plain) <= bound(single: 2e-6, double: 1e-14))
  }

  @Test(arguments: choices)
  func onlyRecordedTrainingWritesBuffers(_ choice: Choice) throws {
    let norm = try norm(choice)
    scramble()
    let before = store.parameters.map(\.value.values)
    for tape in [
      Tape(.evaluating), Tape(.evaluating, recordsGradients: true),
      Tape(.training, recordsGradients: false),
    ] {
      let output = norm(tape.variable(x), tape)
      tape.backward(from: output, gradient: .random(x.shape, seed: 4))
      #expect(store.parameters.map(\.value.values) == before)
    }
  }

  @Test(arguments: choices)
  func aBrokenBatchLeavesNoTrace(_ choice: Choice) throws {
    let norm = try norm(choice)
    let tape = training(step: 1)
    let broken = map(x) { channel, value in channel == 3 ? .nan : value }
    let output = norm(tape.variable(broken), tape)
    #expect(output.values.contains { $0.isNaN })
    tape.backward(from: output, gradient: .random(x.shape, seed: 4))
    #expect(store.parameters.allSatisfy { $0.value.isFinite })
  }

  @Test(arguments: choices)
  func oneRowIsFinite(_ choice: Choice) throws {
    let norm = try norm(choice)
    let tape = training(step: 1)
    let variable = tape.variable(.random([1, 1, 8], seed: 2))
    let output = norm(variable, tape)
    tape.backward(from: output, gradient: .random([1, 1, 8], seed: 3))
    let gradient = try #require(tape.gradient(of: variable))
    #expect(output.isFinite && gradient.isFinite)
    #expect(store.parameters.allSatisfy { $0.value.isFinite })
  }

  /// A frozen backbone: a tape that records in evaluation, where every gradient is exact.
  @Test(
    .enabled(if: GradientCheck.isMeaningful, "needs --traits DoublePrecision"),
    arguments: choices)
  func gradientsInEvaluationAreRight(_ choice: Choice) throws {
    let norm = try norm(choice)
    scramble()
    let gradients = GradientCheck.errors(of: [x], mode: .evaluating) { norm($1[0], $0) }
    #expect(largestMagnitude(gradients) <= GradientCheck.tolerance)
    let trainable = store.parameters.filter { $0.isTrainable && !$0.name.hasPrefix("layer.") }
    for (name, error) in GradientCheck.errors(of: trainable, context: .evaluating, { norm(x, $0) }) {
      #expect(error <= GradientCheck.tolerance, "\(name)")
    }
  }

  @Test(arguments: [
    ("batchNorm", "epsilon", JSONValue.number(0)), ("batchNorm", "momentum", .number(1.5)),
    ("prepBN", "epsilon", .number(-1)), ("prepBN", "layerEpsilon", .number(0)),
    ("prepBN", "steps", .integer(0)),
    ("prepBN", "warmSteps", .integer(-1)), ("prepBN", "momentum", .number(0)),
    ("powerNorm", "epsilon", .number(0)), ("powerNorm", "groups", .integer(0)),
    ("powerNorm", "forwardDecay", .number(1)), ("powerNorm", "backwardDecay", .number(-0.1)),
    ("powerNorm", "warmupSteps", .integer(-1)),
  ])
  func optionsOutOfRangeAreRefused(_ name: String, _ key: String, _ value: JSONValue) {
    #expect {
      _ = try Norms.all.select(Choice(name, options: [key: value]), at: "model.norm").factory
    } throws: {
      ($0 as? Failure)?.place == "model.norm.\(key)"
    }
  }

  @Test(arguments: choices.filter { $0.name != "removedLayerNorm" })
  func affineAndBiasMayBeLeftOut(_ choice: Choice) throws {
    for (options, wanted) in [
      (["affine": JSONValue.bool(false)], []), (["bias": .bool(false)], ["weight"]),
      ([:], ["weight", "bias"]),
    ] {
      let store = ParameterStore()
      _ = try Norms.all.select(Choice(choice.name, options: options), at: "test").factory(
        NormSite(.sublayerInput, width: 8), scope: store.root)
      let names = store.parameters.filter { $0.isTrainable && $0.shape == [8] }.map(\.name)
      let parts = choice.name == "prepBN" ? ["layer.", "batch."] : [""]
      #expect(names == parts.flatMap { part in wanted.map { part + $0 } })
    }
  }
}
