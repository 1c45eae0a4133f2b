import Foundation
import Imaging
import Platform
import Testing

/// What holds for every registered augmentation.
struct AugmentationRuleTests {
  static let names = Augmentations.all.map { $0.name }
  static let images = [8, 16].flatMap { depth in
    [1, 3, 5].flatMap { channels in
      [(1, 1), (7, 5), (16, 16), (1, 9), (33, 2)].map { width, height in
        AugmentationGolden.noise(
          width: width, height: height, channels: channels, depth: depth, seed: UInt64(width + channels))
      }
    }
  }

  private func hasProbability(_ name: String) throws -> Bool {
    let type = try #require(Augmentations.all.first { $0.name == name })
    func options<A: Augmentation>(_: A.Type) -> JSONValue { .encoding(A.Options()) }
    guard case .object(let keys) = options(type) else { return false }
    return keys["probability"] != nil
  }

  private func make(_ name: String, probability: Double) throws -> any Augmentation {
    let options: [String: JSONValue] =
      try hasProbability(name) ? ["probability": .number(probability)] : [:]
    return try Augmentations.all.select(Choice(name, options: options), at: "test").make()
  }

  private func context(_ image: Image) -> AugmentationContext {
    AugmentationContext(height: image.height, width: image.width)
  }

  @Test(arguments: names) func keepsSizeChannelsAndDepth(_ name: String) throws {
    let augmentation = try make(name, probability: 1)
    for image in Self.images {
      var generator = SplitMix64(seed: 11)
      for _ in 0..<20 {
        let view = augmentation.apply(to: image, context(image), using: &generator)
        #expect(
          (view.width, view.height, view.channels) == (image.width, image.height, image.channels)
            && view.isDeep == image.isDeep)
      }
    }
  }

  @Test(arguments: names) func equalGeneratorsGiveEqualViews(_ name: String) throws {
    let augmentation = try make(name, probability: 0.5)
    for image in Self.images {
      for seed in 0..<10 {
        var first = SplitMix64(seed: UInt64(seed))
        var second = first
        let view = augmentation.apply(to: image, context(image), using: &first)
        #expect(view == augmentation.apply(to: image, context(image), using: &second))
        #expect(first.state == second.state)
      }
    }
  }

  /// As docs/augmentations.md lists them.
  @Test func defaultProbabilitiesAreTheDocumentedOnes() {
    func usual<A: Augmentation>(_: A.Type) -> Double? {
      guard case .object(let keys) = JSONValue.encoding(A.Options()) else { return nil }
      return switch keys["probability"] {
      case .number(let value): value
      case .integer(let value): Double(value)
      default: nil
      }
    }
    let found = Dictionary(
      uniqueKeysWithValues: Augmentations.all.compactMap { type in usual(type).map { (type.name, $0) } })
    #expect(
      found == [
        "horizontalFlip": 0.5, "verticalFlip": 0.5, "rotation90": 1,
        "colorJitter": 0.8, "grayscale": 0.2, "gaussianBlur": 0.5,
        "solarize": 0.2, "gaussianNoisePatches": 1, "lowFrequency": 1,
        "randomErasing": 0.5,
      ])
  }

  /// 0 after the normalisation of the model, whatever it is: to half a step of 8 or 16 bits over the deviation.
  @Test func erasesToTheMeanOfTheModel() throws {
    let normalization = ChannelNormalization(mean: [0.1, 0.7, 0.35], standardDeviation: [0.5, 0.25, 0.1])
    let context = AugmentationContext(height: 24, width: 24, normalization: normalization)
    for (channels, depth) in [(3, 8), (3, 16), (1, 8), (2, 8)] {
      let image = AugmentationGolden.noise(
        width: 24, height: 24, channels: channels, depth: depth, seed: 6)
      for seed in 0..<20 {
        func erased(_ fill: String) throws -> (Image, CropRectangle?) {
          let erasing: RandomErasing = try made(options: [
            "probability": .number(1), "value": .string(fill), "scale": range([0.2, 0.4]),
            "ratio": range([0.5, 2]),
          ])
          var generator = SplitMix64(seed: UInt64(seed))
          var other = generator
          _ = other.next()
          return (
            erasing.apply(to: image, context, using: &generator),
            erasing.rectangle(width: 24, height: 24, using: &other)
          )
        }
        let (view, found) = try erased("mean")
        let hole = try #require(found)
        let expected = channels == 3 ? normalization.mean : [Float](repeating: 1.15 / 3, count: channels)
        let half: Float = depth == 8 ? 0.5 / 255 : 0.5 / 65535
        let values = view.samples.unitValues
        for row in hole.top..<hole.top + hole.height {
          for column in hole.left..<hole.left + hole.width {
            for channel in 0..<channels {
              let value = values[(row * 24 + column) * channels + channel]
              // Half a step of rounding, and that of Float32.
              #expect(abs(value - expected[channel]) <= half + 1e-7)
            }
          }
        }
        #expect(try erased("noise").0 != view)
      }
    }
  }

  /// One word says so.
  @Test(arguments: names) func neverIsNever(_ name: String) throws {
    guard try hasProbability(name) else {
      #expect(["randomResizedCrop", "centerCrop"].contains(name))
      return
    }
    let augmentation = try make(name, probability: 0)
    for image in Self.images {
      var generator = SplitMix64(seed: 5)
      var other = generator
      _ = other.next()
      #expect(augmentation.apply(to: image, context(image), using: &generator) == image)
      #expect(generator.state == other.state)
    }
  }

  /// Each changes an image of noise whenever it happens, but for rare cases.
  @Test(arguments: names) func happensAsOftenAsAsked(_ name: String) throws {
    let image = AugmentationGolden.noise(width: 16, height: 16, channels: 3, depth: 8, seed: 4)
    guard try hasProbability(name) else { return }
    let augmentation = try make(name, probability: 0.3)
    var generator = SplitMix64(seed: 21)
    var changed = 0
    for _ in 0..<2000 {
      changed += augmentation.apply(to: image, context(image), using: &generator) == image ? 0 : 1
    }
    // One of four rotations changes nothing; a noise of deviation near 0, or an erasing that fits nowhere, is rare.
    let expected = name == "rotation90" ? 0.3 * 0.75 : 0.3
    // Five standard deviations of a binomial count, and the rare cases.
    let deviation = (2000 * expected * (1 - expected)).squareRoot()
    #expect(abs(Double(changed) - 2000 * expected) <= 5 * deviation)
  }

  @Test(arguments: names) func worksInAPipelineOnEveryModel(_ name: String) throws {
    for (stored, channels) in [(1, 1), (3, 3), (1, 3), (3, 1), (5, 5)] {
      let image = AugmentationGolden.noise(width: 31, height: 23, channels: stored, depth: 16, seed: 3)
      for choices: [Choice] in [
        [Choice(name)], [Choice(name), "randomResizedCrop"], ["centerCrop", Choice(name)],
      ] {
        let pipeline = try AugmentationPipeline(
          choices, height: 12, width: 18, channels: channels)
        var generator = SplitMix64(seed: 2)
        let view = try pipeline.view(of: ImageReader(image), using: &generator)
        #expect((view.width, view.height, view.channels, view.isDeep) == (18, 12, channels, true))
      }
    }
  }

  @Test func optionsOutOfRangeAreFailuresThatNameTheKey() {
    let wrong: [(String, String, JSONValue)] = [
      ("colorJitter", "hue", .number(0.6)), ("colorJitter", "brightness", .number(-0.1)),
      ("colorJitter", "contrast", .number(-1)), ("colorJitter", "saturation", .number(101)),
      ("gaussianBlur", "sigma", range([0, 1])), ("gaussianBlur", "sigma", range([2, 1])),
      ("gaussianBlur", "sigma", range([1])), ("gaussianBlur", "kernelSize", .integer(4)),
      ("gaussianBlur", "kernelSize", .integer(-1)), ("gaussianBlur", "kernelSize", .integer(1001)),
      ("solarize", "threshold", .integer(257)), ("solarize", "threshold", .integer(-1)),
      ("gaussianNoisePatches", "deviation", range([-0.1, 0.5])),
      ("lowFrequency", "factor", .number(0.5)), ("lowFrequency", "until", .number(1.1)),
      ("lowFrequency", "filter", .string("box")), ("centerCrop", "filter", .string("box")),
      ("randomErasing", "scale", range([0.1, 1.1])), ("randomErasing", "ratio", range([0, 1])),
      ("randomErasing", "value", .string("zero")),
    ]
    let probabilities = Self.names.filter { !["randomResizedCrop", "centerCrop"].contains($0) }
      .map { ($0, "probability", JSONValue.number(1.01)) }
    for (name, key, value) in wrong + probabilities {
      let failure = #expect(throws: Failure.self, "\(name).\(key)") {
        _ = try Augmentations.all.select(Choice(name, options: [key: value]), at: "list[0]").make()
      }
      #expect(failure?.place == "list[0].\(key)")
    }
  }
}
