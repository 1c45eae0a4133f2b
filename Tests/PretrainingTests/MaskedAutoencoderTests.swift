import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

@Suite("Masked autoencoder")
struct MaskedAutoencoderTests {
  private func encoder(
    _ change: (inout VisionTransformerConfiguration) -> Void = { _ in }
  ) throws -> VisionTransformer {
    var configuration = VisionTransformerConfiguration()
    (configuration.width, configuration.depth, configuration.headCount) = (12, 1, 3)
    (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (6, 8, 2)
    change(&configuration)
    return try VisionTransformer(configuration, parameters: ParameterStore(seed: 1))
  }

  private func options(_ change: (inout MaskedAutoencoder.Options) -> Void = { _ in })
    -> MaskedAutoencoder.Options
  {
    var options = MaskedAutoencoder.Options()
    (options.decoderWidth, options.decoderDepth, options.decoderHeads) = (8, 1, 2)
    change(&options)
    return options
  }

  @Test func impossibleOptionsAreRefused() throws {
    for change: (inout MaskedAutoencoder.Options) -> Void in [
      { $0.maskRatio = 0 }, { $0.maskRatio = 1 }, { $0.maskRatio = -0.5 }, { $0.maskRatio = 1.5 },
      { $0.maskRatio = .nan }, { $0.maskRatio = 0.99 }, { $0.decoderWidth = 0 },
      { $0.decoderWidth = 10 }, { $0.decoderHeads = 3 }, { $0.decoderHeads = 0 }, { $0.decoderDepth = -1 },
    ] {
      let failure = try #require(throws: Failure.self) {
        try MaskedAutoencoder(encoder: encoder(), options: options(change), at: "here")
      }
      #expect(failure.place.hasPrefix("here") && !failure.problem.isEmpty && !failure.remedy.isEmpty)
    }
  }

  /// The loss decodes the masked patches alone; predictions decode all.
  @Test(arguments: [true, false])
  func theLossIsThatOfThePredictions(normalizePixels: Bool) throws {
    let encoder = try encoder { $0.registerCount = 2 }
    let objective = try MaskedAutoencoder(
      encoder: encoder, options: options { $0.normalizePixels = normalizePixels }, at: "here")
    encoder.parameters.randomize(seed: 3)
    let patches = Tensor.random([3, 12, 12], seed: 2, scale: 0.7, shift: 0.4)
    let batch = MicroBatch(
      patches: patches, identity: SampleIdentity(seed: 1, epoch: 0, indices: [4, 2, 9]))
    let mask = objective.mask(for: batch.identity)
    let tape = Tape(.evaluating)
    let predictions = objective.predictions(patches, mask, tape).values.map { Double($0) }
    var sum = 0.0
    for (index, place) in mask.masked.enumerated() {
      let start = (index / 9 * 12 + Int(place)) * 12
      var target = patches.values[start..<start + 12].map { Double($0) }
      if normalizePixels {
        let mean = target.reduce(0, +) / 12
        let variance = target.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 11
        target = target.map { ($0 - mean) / (variance + 1e-6).squareRoot() }
      }
      sum += zip(predictions[start..<start + 12], target).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let loss = Double(objective.loss(batch, tape).scalar)
    #expect(
      relativeError([loss], [sum / Double(mask.masked.count * 12)]) <= bound(single: 5e-7, double: 1e-14))
    #expect(objective.normalizesPixels == normalizePixels)
  }

  /// What is masked does not reach the encoder: predictions do not change with it.
  @Test func maskedPatchesAreNotSeen() throws {
    let encoder = try encoder()
    let objective = try MaskedAutoencoder(encoder: encoder, options: options(), at: "here")
    encoder.parameters.randomize(seed: 3)
    let patches = Tensor.random([1, 12, 12], seed: 2)
    let mask = objective.mask(for: SampleIdentity(seed: 1, epoch: 0, indices: [4]))
    let tape = Tape(.evaluating)
    let before = objective.predictions(patches, mask, tape).values
    for place in mask.masked {
      patches.withMutableSpan { for pixel in 0..<12 { $0[Int(place) * 12 + pixel] = 9 } }
    }
    #expect(objective.predictions(patches, mask, tape).values == before)
    patches.withMutableSpan { $0[Int(mask.visible[0]) * 12] += 1 }
    #expect(objective.predictions(patches, mask, tape).values != before)
  }

  @Test func itWorksWithoutAClassToken() throws {
    let encoder = try encoder { ($0.hasClassToken, $0.registerCount) = (false, 1) }
    let objective = try MaskedAutoencoder(encoder: encoder, options: options(), at: "here")
    encoder.parameters.randomize(seed: 3)
    let batch = MicroBatch(
      patches: .random([2, 12, 12], seed: 2), identity: SampleIdentity(seed: 1, epoch: 0, indices: [0, 1]))
    let tape = Tape(.training)
    let loss = objective.loss(batch, tape)
    tape.backward(from: loss)
    #expect(loss.scalar.isFinite)
    for parameter in encoder.parameters.parameters where parameter.isTrainable {
      #expect(tape.gradient(of: parameter)?.isFinite == true, "\(parameter.name)")
    }
    let shape = objective.predictions(batch.patches, objective.mask(for: batch.identity), tape).shape
    #expect(shape == [2, 12, 12])
  }
}
