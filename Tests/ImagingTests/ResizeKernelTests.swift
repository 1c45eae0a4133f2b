import CImageKernels
import Imaging
import Testing

/// The kernels of all instruction sets against each other, on sides around the sizes of their vectors.
@Suite(.serialized)
struct ResizeKernelTests {
  /// A picture of noise with more than 8 bits a sample.
  private func deepNoise(width: Int, height: Int, channels: Int, seed: UInt64, isFloat: Bool) -> Image {
    var generator = SplitMix64(seed: seed)
    let words = (0..<width * height * channels).map { _ in UInt16(truncatingIfNeeded: generator.next() >> 40)
    }
    return Image(
      width: width, height: height, channels: channels,
      samples: isFloat ? .float(words.map { Float($0) / 30_000 - 0.4 }) : .sixteenBit(words))
  }

  @Test(arguments: [(1, false), (3, false), (4, false), (7, false), (1, true), (4, true)])
  func soDoDeepSamples(channels: Int, isFloat: Bool) {
    defer { ik_limit_level(2) }
    for (number, (width, height)) in [(1, 1), (5, 23), (16, 9), (40, 70), (67, 17)].enumerated() {
      let image = deepNoise(
        width: 3 * width + 5, height: height + 40, channels: channels, seed: UInt64(number), isFloat: isFloat)
      let results = (0...2).map { level in
        ik_limit_level(Int32(level))
        return image.resized(width: width, height: height, filter: .bicubic)
      }
      #expect(results[1] == results[0] && results[2] == results[0], "\(width)×\(height)")
    }
  }

  /// A row of 16-bit samples by whole numbers alone, rounded after the weighted sum of each position.
  @Test(arguments: ResizeFilter.allCases) func deepSamplesAreWeighedInWholeNumbers(_ filter: ResizeFilter) {
    let (width, output) = (53, 19)
    let image = deepNoise(width: width, height: 1, channels: 1, seed: 5, isFloat: false)
    guard case .sixteenBit(let row) = image.samples else { return #expect(Bool(false)) }
    let scale = Double(width) / Double(output)
    let reach: Double = filter == .bicubic ? 2 : 1
    func kernel(_ x: Double) -> Double {
      switch (filter, abs(x)) {
      case (.bilinear, let x): max(0, 1 - x)
      case (.bicubic, let x) where x < 1: 1.5 * x * x * x - 2.5 * x * x + 1
      case (.bicubic, let x) where x < 2: -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2
      default: 0
      }
    }
    let expected = (0..<output).map { position -> UInt16 in
      let center = (Double(position) + 0.5) * scale
      let first = max(0, Int(center - reach * scale + 0.5))
      let end = min(width, Int(center + reach * scale + 0.5))
      let weights = (first..<end).map { kernel((Double($0) + 0.5 - center) / scale) }
      let total = weights.reduce(0, +)
      var sum: Int64 = 1 << 21
      for (weight, sample) in zip(weights, row[first..<end]) {
        sum += Int64((weight / total * 4_194_304).rounded(.toNearestOrAwayFromZero)) * Int64(sample)
      }
      return UInt16(clamping: sum >> 22)
    }
    #expect(image.resized(width: output, height: 1, filter: filter).samples == .sixteenBit(expected))
  }

  @Test(arguments: [1, 3, 4])
  func everyInstructionSetGivesTheSameBits(channels: Int) {
    defer { ik_limit_level(2) }
    let sides = [1, 2, 3, 4, 5, 6, 7, 9, 11, 16, 21, 22, 23, 33, 64, 67]
    for (number, width) in sides.enumerated() {
      let height = sides[(number * 7 + 3) % sides.count]
      let image = noise(width: 3 * width + 5, height: height + 40, channels: channels, seed: UInt64(number))
      let results = (0...2).map { level in
        ik_limit_level(Int32(level))
        return image.resized(width: width, height: height, filter: .bicubic)
      }
      #expect(results[1] == results[0] && results[2] == results[0], "\(width)×\(height)")
    }
  }
}
