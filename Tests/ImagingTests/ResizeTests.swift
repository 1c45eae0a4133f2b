import Imaging
import Testing

struct ResizeTests {
  @Test func equalsPillowToTheBit() throws {
    for (entry, expected) in try Golden.images("resize") {
      let filter = try #require(entry.filter)
      let input = entry.input
      let crop = entry.crop ?? CropRectangle(left: 0, top: 0, width: input.width, height: input.height)
      let output = input.resized(
        cropping: crop, width: entry.width, height: entry.height, filter: filter)
      #expect(largestDifference(output, expected) == 0, "\(entry.testDescription) \(crop)")
      if entry.crop == nil {
        let whole = input.resized(width: entry.width, height: entry.height, filter: filter)
        #expect(largestDifference(whole, expected) == 0)
      }
      let flipped = input.resized(
        cropping: crop, width: entry.width, height: entry.height, filter: filter, flipped: true)
      #expect(
        largestDifference(flipped, expected.flippedHorizontally()) == 0,
        "\(entry.testDescription) \(crop), flipped")
    }
  }

  /// The rows of section G of the methods reference, along both axes.
  @Test(arguments: [
    (ResizeFilter.bicubic, [5, 28, 120, 227] as [UInt8]),
    (.bicubic, [6, 68, 208]),
    (.bicubic, [0, 4, 12, 18, 28, 45, 71, 120, 169, 193, 231, 255]),
    (.bilinear, [7, 34, 120, 218]),
    (.bilinear, [12, 72, 197]),
  ]) func publishedRows(filter: ResizeFilter, expected: [UInt8]) {
    let row: [UInt8] = [0, 10, 20, 40, 80, 160, 200, 255]
    let across = Image(width: 8, height: 1, channels: 1, pixels: row)
    #expect(across.resized(width: expected.count, height: 1, filter: filter).pixels == expected)
    let down = Image(width: 1, height: 8, channels: 1, pixels: row)
    #expect(down.resized(width: 1, height: expected.count, filter: filter).pixels == expected)
  }

  /// Colours outside the crop must not leak in: replacing them changes nothing.
  @Test(arguments: ResizeFilter.allCases) func onlyTheCropCounts(filter: ResizeFilter) {
    let crop = CropRectangle(left: 3, top: 5, width: 11, height: 7)
    let image = noise(width: 20, height: 18, channels: 3, seed: 3)
    var pixels = image.pixels
    for y in 0..<18 {
      for x in 0..<20 where !(3..<14).contains(x) || !(5..<12).contains(y) {
        for channel in 0..<3 { pixels[(y * 20 + x) * 3 + channel] ^= 0xFF }
      }
    }
    let other = Image(width: 20, height: 18, channels: 3, pixels: pixels)
    let expected = image.resized(cropping: crop, width: 9, height: 21, filter: filter)
    #expect(other.resized(cropping: crop, width: 9, height: 21, filter: filter) == expected)
    #expect(image.cropped(to: crop).resized(width: 9, height: 21, filter: filter) == expected)
  }

  @Test(arguments: [1, 3]) func sameSizeAndFlip(channels: Int) {
    let image = noise(width: 21, height: 10, channels: channels, seed: 8)
    for filter in ResizeFilter.allCases {
      #expect(image.resized(width: 21, height: 10, filter: filter) == image)
      #expect(
        image.resized(width: 21, height: 10, filter: filter, flipped: true) == image.flippedHorizontally())
    }
    #expect(image.flippedHorizontally().flippedHorizontally() == image)
    let corner = image.flippedHorizontally().pixels[..<channels]
    #expect(Array(corner) == Array(image.pixels[20 * channels..<21 * channels]))
  }

  @Test func constantImagesStayConstant() {
    let image = Image(width: 33, height: 21, channels: 3, pixels: Array(repeating: 201, count: 33 * 21 * 3))
    for filter in ResizeFilter.allCases {
      for (width, height) in [(5, 60), (100, 4), (33, 7)] {
        let output = image.resized(width: width, height: height, filter: filter)
        #expect(output.pixels.allSatisfy { $0 == 201 })
      }
    }
  }

  /// The fast passes against a plain transcription of the arithmetic, over random shapes.
  @Test func equalsItsNaiveTwin() {
    var generator = SplitMix64(seed: 12)
    for trial in 0..<300 {
      let image = noise(
        width: Int.random(in: 1...70, using: &generator), height: Int.random(in: 1...70, using: &generator),
        channels: trial % 2 == 0 ? 3 : 1, seed: UInt64(trial))
      let crop = RandomResizedCrop(scale: 0.01...1, ratio: 0.2...5)
        .sample(width: image.width, height: image.height, using: &generator)
      let width = Int.random(in: 1...60, using: &generator)
      let height = Int.random(in: 1...60, using: &generator)
      let filter = trial % 3 == 0 ? ResizeFilter.bilinear : .bicubic
      let fast = image.resized(cropping: crop, width: width, height: height, filter: filter)
      let slow = naive(naive(image.cropped(to: crop), width, filter).transposed, height, filter).transposed
      #expect(largestDifference(fast, slow) == 0, "\(image.width)×\(image.height) \(crop) \(width)×\(height)")
    }
  }

  /// Resizes along x only, sample by sample.
  private func naive(_ image: Image, _ width: Int, _ filter: ResizeFilter) -> Image {
    let scale = Double(image.width) / Double(width)
    let stretch = max(scale, 1)
    let support = (filter == .bilinear ? 1 : 2) * stretch
    var pixels: [UInt8] = []
    for y in 0..<image.height {
      for x in 0..<width {
        let center = (Double(x) + 0.5) * scale
        let low = max(Int(center - support + 0.5), 0)
        let high = min(Int(center + support + 0.5), image.width)
        let weights = (low..<high).map { kernel(abs(Double($0) - center + 0.5) / stretch, filter) }
        let sum = weights.reduce(0, +)
        for channel in 0..<image.channels {
          var total = 1 << 21
          for (position, weight) in zip(low..<high, weights) {
            let sample = Int(image.pixels[(y * image.width + position) * image.channels + channel])
            total += sample * Int((weight / sum * 4_194_304).rounded(.toNearestOrAwayFromZero))
          }
          pixels.append(UInt8(clamping: total >> 22))
        }
      }
    }
    return Image(width: width, height: image.height, channels: image.channels, pixels: pixels)
  }

  private func kernel(_ x: Double, _ filter: ResizeFilter) -> Double {
    if filter == .bilinear { return max(0, 1 - x) }
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
  }
}

extension Image {
  /// Rows become columns.
  fileprivate var transposed: Image {
    var turned = pixels
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<channels {
          turned[(x * height + y) * channels + channel] = pixels[(y * width + x) * channels + channel]
        }
      }
    }
    return Image(width: height, height: width, channels: channels, pixels: turned)
  }
}
