import Optimization
import Pretraining
import Tensors
import TestSupport
import Testing

/// Twenty steps of AdamW under warm-up and cosine against PyTorch in double precision.
@Suite("Trajectory against PyTorch")
struct TrajectoryTests {
  /// Differences of a rounding grow a little each step: gradients near 0 have their sign from roundings, and AdamW
  /// moves by the sign.
  @Test(arguments: [1, 2, 3])
  func followsTheReference(lanes: Int) throws {
    let trajectory = try GoldenFile("trajectory.safetensors", in: .module)
    let model = try GoldenAutoencoder.first()
    let team = LaneTeam(count: lanes)
    defer { team.dissolve() }
    let patches = try model.file("patches")
    let step = TrainingStep(
      objective: FixedMask(model.objective, try model.mask(), count: patches.shape[0]),
      optimizer: AdamW(parameters: model.trainable, options: .init()), parameters: model.trainable, team: team
    )
    let batch = MicroBatch(
      patches: patches, identity: SampleIdentity(seed: 0, epoch: 0, indices: Array(0..<patches.shape[0])))
    let schedule = WarmupCosine(peak: 1e-3, warmupEpochs: 5, epochs: 20)
    let rates = (0..<20).map { schedule.rate(at: Double($0)) }
    let losses = (1...20).map { number in
      step.run(batch, learningRate: rates[number - 1], step: number).loss
    }
    let wantedRates = try trajectory("learningRates").values.map { Double($0) }
    #expect(relativeError(rates, wantedRates) <= 1e-7)
    let wantedLosses = try trajectory("losses").values.map { Double($0) }
    #expect(relativeError(losses, wantedLosses) <= bound(single: 5e-7, double: 1e-7))
    #expect((losses.last ?? 0) < 0.9 * losses[0])
    for name in trajectory.names where name.hasPrefix("final.") {
      let parameter = try #require(model.store[String(name.dropFirst(6))])
      #expect(
        relativeError(parameter.value, to: try trajectory(name)) <= bound(single: 2e-6, double: 1e-7),
        "\(name)")
    }
  }
}
