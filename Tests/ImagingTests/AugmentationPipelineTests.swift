import Imaging
import Platform
import Testing

struct AugmentationPipelineTests {
  private func pipeline(
    _ choices: [Choice], height: Int, width: Int, channels: Int = 1
  ) throws -> AugmentationPipeline {
    try located("augmentations") { () throws(Failure) in
      try AugmentationPipeline(choices, height: height, width: width, channels: channels)
    }
  }

  private let whole = Choice(
    "randomResizedCrop",
    options: ["scale": .array([.number(1), .number(1)]), "ratio": .array([.number(1), .number(1)])])

  private func flip(_ probability: Double) -> Choice {
    Choice("horizontalFlip", options: ["probability": .number(probability)])
  }

  @Test func anImageOfTheTargetSizeIsUsedAsItIs() throws {
    for (width, height) in [(8, 8), (12, 4)] {
      let picture = noise(width: width, height: height, channels: 1, seed: 9)
      for choices in [[], [whole], [whole, flip(0)], [flip(0)]] {
        var generator = SplitMix64(seed: 3)
        let view = try pipeline(choices, height: height, width: width)
          .view(of: ImageReader(picture), using: &generator)
        #expect(view == picture)
      }
    }
  }

  @Test(arguments: [true, false]) func flipsAsOftenAsAsked(afterTheCrop: Bool) throws {
    let picture = noise(width: 6, height: 4, channels: 3, seed: 3)
    let mirrored = picture.flippedHorizontally()
    let pipeline = try pipeline(
      (afterTheCrop ? [whole] : []) + [flip(0.25)], height: 4, width: 6, channels: 3)
    var generator = SplitMix64(seed: 1)
    var flips = 0
    for _ in 0..<2000 {
      let view = try pipeline.view(of: ImageReader(picture), using: &generator)
      #expect(view == picture || view == mirrored)
      flips += view == mirrored ? 1 : 0
    }
    // Five standard deviations of a binomial count around 500.
    #expect(abs(flips - 500) <= 97)
  }

  /// The same draws give the same crop as the parts, in either order of conversion and resize.
  @Test func composesCropFlipAndChannels() throws {
    let colour = try pipeline(AugmentationPipeline.defaultChoices, height: 16, width: 24, channels: 3)
    for seed in 0..<20 {
      let gray = noise(width: 40, height: 30, channels: 1, seed: UInt64(seed))
      var mine = SplitMix64(seed: UInt64(seed))
      var other = mine
      let crop = RandomResizedCrop(scale: 0.2...1).sample(width: 40, height: 30, using: &other)
      let flipped = other.uniform() < 0.5
      let expected = gray.converted(toChannels: 3).resized(
        cropping: crop, width: 24, height: 16, filter: .bicubic, flipped: flipped)
      #expect(try colour.view(of: ImageReader(gray), using: &mine) == expected)
    }
    let gray = try pipeline(AugmentationPipeline.defaultChoices, height: 16, width: 24)
    var generator = SplitMix64(seed: 0)
    let view = try gray.view(
      of: ImageReader(noise(width: 40, height: 30, channels: 3, seed: 5)), using: &generator)
    #expect((view.width, view.height, view.channels) == (24, 16, 1))
  }

  @Test func aListWithoutACropCoversAndCuts() throws {
    let picture = noise(width: 40, height: 30, channels: 3, seed: 8)
    let preprocessing = Preprocessing(height: 16, width: 16, resizeShorterSide: 16)
    var generator = SplitMix64(seed: 0)
    let view = try pipeline([], height: 16, width: 16, channels: 3)
      .view(of: ImageReader(picture), using: &generator)
    #expect(view == preprocessing.evaluationView(of: picture))
  }

  @Test func refusesNonsense() {
    let wrong: [(Choice, String)] = [
      ("randomResizedCorp", "augmentations[0]"),
      (
        Choice("randomResizedCrop", options: ["scale": .array([.number(0), .number(1)])]),
        "augmentations[0].scale"
      ),
      (
        Choice("randomResizedCrop", options: ["scale": .array([.number(0.5), .number(2)])]),
        "augmentations[0].scale"
      ),
      (
        Choice("randomResizedCrop", options: ["ratio": .array([.number(-1), .number(1)])]),
        "augmentations[0].ratio"
      ),
      (Choice("randomResizedCrop", options: ["rate": .number(1)]), "augmentations[0].rate"),
      (flip(1.5), "augmentations[0].probability"),
    ]
    for (choice, place) in wrong {
      let failure = #expect(throws: Failure.self) { _ = try pipeline([choice], height: 8, width: 8) }
      #expect(failure?.place == place)
    }
  }

  @Test func channelsThatCannotBeHadAreAFailure() throws {
    var generator = SplitMix64(seed: 0)
    let bands = Image(width: 8, height: 8, channels: 4, pixels: [UInt8](repeating: 7, count: 256))
    let pipeline = try pipeline([], height: 8, width: 8, channels: 3)
    let failure = #expect(throws: Failure.self) {
      _ = try pipeline.view(of: ImageReader(bands, place: "bands.png"), using: &generator)
    }
    #expect(failure?.place == "bands.png" && failure?.problem.contains("4 channels") == true)
  }
}
