import Imaging
import Platform
import Testing

/// 8-bit operations equal Pillow's to the bit; what has another tolerance says why in the golden script.
struct AugmentationGoldenTests {
  @Test(arguments: AugmentationGolden.all) func equalsTheReference(_ golden: AugmentationGolden) throws {
    let result = try #require(try changed(golden))
    let step = try #require(largestStep(result, try golden.expected()))
    #expect(step <= golden.tolerance)
  }

  @Test func everyVariantHasACase() {
    let covered = Set(AugmentationGolden.all.map(\.augmentation))
    // Its rectangles are golden in CropTests, its resize in ResizeTests.
    let elsewhere: Set = ["randomResizedCrop"]
    #expect(Set(Augmentations.all.map { $0.name }) == covered.union(elsewhere))
    #expect(AugmentationGolden.all.count >= 160)
  }

  private func changed(_ golden: AugmentationGolden) throws -> Image? {
    let (image, values) = (golden.input, golden.parameters)
    var generator = SplitMix64(seed: golden.seed)
    let context = AugmentationContext(height: golden.height, width: golden.width)
    let always = JSONValue.number(1)
    switch golden.operation {
    case "brightness": return image.adjusted(.brightness(values[0]))
    case "contrast": return image.adjusted(.contrast(values[0]))
    case "saturation": return image.adjusted(.saturation(values[0]))
    case "hue": return image.adjusted(.hue(values[0]))
    case "blur": return image.blurred(radius: Int(values[0]), deviation: values[1])
    case "solarize": return image.solarized(threshold: Int(values[0]))
    case "grayscale": return image.withoutColor()
    case "horizontalFlip": return image.flippedHorizontally()
    case "verticalFlip": return image.flippedVertically()
    case "rotate": return image.rotated(quarterTurns: Int(values[0]))
    case "lowFrequency-bilinear": return image.coarsened(by: values[0], filter: .bilinear)
    case "lowFrequency-bicubic": return image.coarsened(by: values[0], filter: .bicubic)
    case "centerCrop": return try made(CenterCrop.self).apply(to: image, context, using: &generator)
    case "noisePatch":
      return try made(GaussianNoisePatches.self).apply(to: image, context, using: &generator)
    case "jitter":
      let jitter: ColorJitter = try made(options: [
        "brightness": .number(values[0]), "contrast": .number(values[1]), "saturation": .number(values[2]),
        "hue": .number(values[3]), "probability": always,
      ])
      return jitter.apply(to: image, context, using: &generator)
    case "erase-mean", "erase-noise":
      let erasing: RandomErasing = try made(options: [
        "scale": range(values[0..<2]), "ratio": range(values[2..<4]), "probability": always,
        "value": .string(String(golden.operation.dropFirst(6))),
      ])
      return erasing.apply(to: image, context, using: &generator)
    default: return nil
    }
  }

  private struct HueHash: Decodable {
    let turn: Double
    let hash: String
  }

  /// FNV-1a over what becomes of 52³ colours.
  @Test func hueEqualsPillowOnEveryColour() throws {
    let levels = stride(from: 0, through: 255, by: 5).map(UInt8.init)
    let pixels = levels.flatMap { red in levels.flatMap { green in levels.flatMap { [red, green, $0] } } }
    let cube = Image(width: 52, height: 52 * 52, channels: 3, pixels: pixels)
    let hashes: [HueHash] = try Golden.decoded("augmentations-hue.json")
    #expect(hashes.count == 4)
    for expected in hashes {
      let hash = cube.adjusted(.hue(expected.turn)).pixels.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
        ($0 ^ UInt64($1)) &* 0x100_0000_01b3
      }
      #expect(hash == UInt64(expected.hash, radix: 16), "\(expected.turn)")
    }
  }

  /// torchvision computes the ratio in Float32; over these draws rounding sides hides that.
  @Test func erasesTorchvisionsRectangles() throws {
    var generator = SplitMix64(seed: 2025)
    let rows: [[Double]] = try Golden.decoded("augmentations-erasing.json")
    #expect(rows.count == 120 && rows.contains { $0[8] == 0 } && rows.contains { $0[8] > 100 })
    for row in rows {
      let erasing: RandomErasing = try made(options: ["scale": range(row[2..<4]), "ratio": range(row[4..<6])])
      let found = erasing.rectangle(width: Int(row[0]), height: Int(row[1]), using: &generator)
      let expected = CropRectangle(
        left: Int(row[7]), top: Int(row[6]), width: Int(row[9]), height: Int(row[8]))
      #expect(found ?? CropRectangle(left: 0, top: 0, width: 0, height: 0) == expected, "\(row)")
    }
  }
}
