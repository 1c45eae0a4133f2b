import Foundation
import Imaging
import Platform
import Testing

/// Statistics of what is drawn; bounds are five standard deviations or more.
struct AugmentationDrawTests {
  @Test func jitterOrdersAreEquallyLikelyAndFactorsInRange() throws {
    let jitter: ColorJitter = try made(options: [
      "brightness": .number(0.8), "contrast": .number(1.5), "saturation": .number(0.4), "hue": .number(0.1),
    ])
    var generator = SplitMix64(seed: 1)
    var orders: [[Int]: Int] = [:]
    var values: [[Double]] = [[], [], [], []]
    for _ in 0..<12_000 {
      let drawn = jitter.adjustments(using: &generator).map { change -> (Int, Double) in
        switch change {
        case .brightness(let factor): (0, factor)
        case .contrast(let factor): (1, factor)
        case .saturation(let factor): (2, factor)
        case .hue(let turn): (3, turn)
        }
      }
      orders[drawn.map(\.0), default: 0] += 1
      for (kind, value) in drawn { values[kind].append(value) }
    }
    #expect(orders.count == 24 && orders.values.allSatisfy { abs($0 - 500) <= 110 })
    for (drawn, bounds) in zip(values, [0.2...1.8, 0...2.5, 0.6...1.4, -0.1...0.1]) {
      expectUniform(drawn, on: bounds)
    }
    let only: ColorJitter = try made(options: [
      "brightness": .number(0), "contrast": .number(0), "saturation": .number(0),
    ])
    #expect(only.adjustments(using: &generator).count == 1)
  }

  @Test func patchesHaveEverySideAndPlace() throws {
    let patches: GaussianNoisePatches = try made(options: ["deviation": range([0.1, 0.5])])
    var generator = SplitMix64(seed: 2)
    var sides: [Int: Int] = [:]
    var deviations: [Double] = []
    var lefts: Set<Int> = []
    for _ in 0..<8000 {
      let (square, deviation) = patches.patch(width: 12, height: 8, using: &generator)
      #expect(square.isInside(width: 12, height: 8) && square.width == square.height)
      sides[square.width, default: 0] += 1
      if square.width == 8 { lefts.insert(square.left) }
      deviations.append(Double(deviation))
    }
    #expect(sides.count == 8 && sides.values.allSatisfy { abs($0 - 1000) <= 150 })
    #expect(lefts == [0, 1, 2, 3, 4])
    expectUniform(deviations, on: 0.1...0.5)
  }

  @Test func turnsAreEquallyLikely() throws {
    let rotation: OccasionalAugmentation<Rotation90> = try made()
    func counts(width: Int, height: Int) -> [Int] {
      let image = noise(width: width, height: height, channels: 1, seed: 6)
      let turns = (0..<4).map { image.rotated(quarterTurns: $0) }
      var generator = SplitMix64(seed: 3)
      return (0..<4000).reduce(into: [0, 0, 0, 0]) { counts, _ in
        let context = AugmentationContext(height: height, width: width)
        let view = rotation.apply(to: image, context, using: &generator)
        if let turn = turns.firstIndex(of: view) { counts[turn] += 1 }
      }
    }
    #expect(counts(width: 6, height: 6).allSatisfy { abs($0 - 1000) <= 140 })
    let half = counts(width: 6, height: 4)
    #expect(half[1] == 0 && half[3] == 0 && half[0] + half[2] == 4000 && abs(half[0] - 2000) <= 160)
  }

  @Test func blurWidthsAreUniformAndKernelsFollowTheSide() throws {
    // The middle of a blurred point tells the width.
    var pixels = [UInt16](repeating: 0, count: 41 * 41)
    pixels[20 * 41 + 20] = 65535
    let point = Image(width: 41, height: 41, channels: 1, samples: .sixteenBit(pixels))
    let context = AugmentationContext(height: 41, width: 41)
    func blurred(_ options: [String: JSONValue], seed: UInt64) throws -> Image {
      let blur: GaussianBlur = try made(options: options.merging(["probability": .number(1)]) { $1 })
      var generator = SplitMix64(seed: seed)
      return blur.apply(to: point, context, using: &generator)
    }
    for seed in 0..<20 {
      var generator = SplitMix64(seed: UInt64(seed))
      _ = generator.next()
      let sigma = 0.5 + 1.5 * generator.uniform()
      let view = try blurred(["sigma": range([0.5, 2])], seed: UInt64(seed))
      #expect(view == point.blurred(radius: 2, deviation: sigma))
      let wide = try blurred(["sigma": range([0.5, 2]), "kernelSize": .integer(15)], seed: UInt64(seed))
      #expect(wide == point.blurred(radius: 7, deviation: sigma))
    }
  }

  @Test func lowFrequenciesEndWithTheCurriculum() throws {
    let coarse: LowFrequency = try made(options: ["until": .number(0.6)])
    let image = noise(width: 16, height: 12, channels: 3, seed: 8)
    for (progress, isCoarse) in [(0, true), (0.59, true), (0.6, false), (1, false)] {
      var generator = SplitMix64(seed: 0)
      let start = generator.state
      let context = AugmentationContext(height: 12, width: 16, progress: progress)
      let view = coarse.apply(to: image, context, using: &generator)
      #expect(view == (isCoarse ? image.coarsened(by: 2, filter: .bicubic) : image))
      #expect((generator.state == start) == !isCoarse)
    }
  }

  @Test func centerCropsOfWhatCoversAreTheEvaluationView() throws {
    let crop: CenterCrop = try made()
    var generator = SplitMix64(seed: 0)
    for (width, height) in [(32, 32), (32, 20), (20, 32)] {
      let image = noise(width: width, height: height, channels: 3, seed: 8)
      // Without a resize both cut the same pixels.
      let side = min(width, height)
      let view = crop.apply(
        to: image, AugmentationContext(height: side, width: side), using: &generator)
      #expect(
        view == Preprocessing(height: side, width: side, resizeShorterSide: side).evaluationView(of: image))
    }
    #expect(
      crop.crop(width: 1, height: 500, AugmentationContext(height: 1, width: 100), using: &generator)
        == CropRectangle(left: 0, top: 250, width: 1, height: 1))
    #expect(generator.state == 0)
  }

  /// Kolmogorov and Smirnov's distance to the normal distribution; 1.95/√n is exceeded once in a thousand times.
  @Test func normalNumbersAreNormal() {
    var generator = SplitMix64(seed: 12)
    var normals = NormalDraws()
    let count = 100_000
    let values = (0..<count).map { _ in Double(normals.next(using: &generator)) }.sorted()
    let distance =
      values.enumerated().map { index, value in
        let exact = 0.5 * erfc(-value / 2.0.squareRoot())
        return max(abs(exact - Double(index) / Double(count)), abs(exact - Double(index + 1) / Double(count)))
      }.max() ?? 1
    #expect(distance <= 1.95 / Double(count).squareRoot())
    #expect((4...6).contains(values.last ?? 0) && values.allSatisfy(\.isFinite))
    // The least radius and the greatest.
    var zeros = FixedWords(word: 0)
    var ones = FixedWords(word: .max)
    var extreme = NormalDraws()
    #expect(abs(extreme.next(using: &zeros) - 5.768) <= 0.001)
    extreme = NormalDraws()
    #expect(extreme.next(using: &ones) == 0)
  }

  private struct FixedWords: RandomNumberGenerator {
    let word: UInt64
    mutating func next() -> UInt64 { word }
  }

  private func expectUniform(_ values: [Double], on bounds: ClosedRange<Double>) {
    let width = bounds.upperBound - bounds.lowerBound
    let mean = values.reduce(0, +) / Double(values.count)
    let middle = (bounds.lowerBound + bounds.upperBound) / 2
    // The deviation of a mean of uniform numbers.
    #expect(abs(mean - middle) <= 5 * width / (12 * Double(values.count)).squareRoot())
    #expect(values.allSatisfy { $0 >= bounds.lowerBound - 1e-7 && $0 <= bounds.upperBound + 1e-7 })
    let spread = (values.max() ?? 0) - (values.min() ?? 0)
    #expect(spread >= 0.99 * width)
  }
}
