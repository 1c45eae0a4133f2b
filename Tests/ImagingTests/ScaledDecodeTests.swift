import Foundation
import Imaging
import Testing

/// Decoding at a half, a quarter or an eighth against the whole decode.
struct ScaledDecodeTests {
  static let files = ["land420.jpg", "land444.jpg", "land-gray-progressive.jpg"].map { "kinds/\($0)" }

  /// How far apart the decodes may be, on average and at most.
  static let bounds =
    files.map { ($0, 0.6, 3) }
    + (ImageCodecs.formats.contains(.webp) ? [("kinds/land.webp", 0.9, 9)] : [])

  /// Pillow's draft mode decodes at the same fraction and resizes what comes; to the bit.
  @Test func equalsPillowsDraftMode() throws {
    struct Entry: Decodable { let file, pillow: String }
    let entries = try Golden.decoded("kinds/drafts.json", as: [Entry].self)
    #expect(entries.count == 12)
    for entry in entries {
      let expected = try ImageDecoder.decode(Golden.bytes("kinds/\(entry.pillow)"))
      let reader = try Golden.reader("kinds/\(entry.file)")
      let found = try reader.resized(
        cropping: CropRectangle(left: 0, top: 0, width: reader.width, height: reader.height),
        width: expected.width, height: expected.height, filter: .bicubic)
      #expect(largestDifference(found, expected) == 0, "\(entry.pillow)")
    }
  }

  /// Where a block is decoded smaller, its average is exact and the finer waves are left out, as by a good low-pass
  /// filter; the filter of the whole decode is another one. Measured on these files: means up to 0.46 level, 2 levels at most.
  ///
  /// libwebp takes means, and does not smooth the edges of blocks before: means up to 0.72 level, 8 levels at most.
  @Test(arguments: bounds)
  func staysCloseToTheWholeDecode(file: String, meanBound: Double, bound: Int) throws {
    let whole = try Golden.reader(file).image()
    var generator = SplitMix64(seed: 31)
    for factor in [2, 3, 4, 6, 8, 9] {
      for trial in 0..<8 {
        let width = Int.random(in: 8...whole.width / factor, using: &generator)
        let height = Int.random(in: 8...whole.height / factor, using: &generator)
        let cropWidth = min(whole.width, factor * width + Int.random(in: 0..<width, using: &generator))
        let cropHeight = min(whole.height, factor * height + Int.random(in: 0..<height, using: &generator))
        let crop = CropRectangle(
          left: Int.random(in: 0...whole.width - cropWidth, using: &generator),
          top: Int.random(in: 0...whole.height - cropHeight, using: &generator), width: cropWidth,
          height: cropHeight)
        let flipped = trial % 2 == 0
        let part = try Golden.reader(file).resized(
          cropping: crop, width: width, height: height, filter: .bicubic, flipped: flipped)
        let expected = whole.resized(
          cropping: crop, width: width, height: height, filter: .bicubic, flipped: flipped)
        let mean = try #require(meanDifference(part, expected), "\(file): another shape")
        let largest = try #require(largestDifference(part, expected))
        #expect(
          mean <= meanBound && largest <= bound, "\(file) \(crop) to \(width)×\(height): \(mean), \(largest)")
      }
    }
  }

  /// One step short of a factor the next smaller one is taken: the picture is never stretched from fewer pixels than it
  /// has. Stretching from half the target's size would be far off on this pattern of fine lines.
  @Test(arguments: [2, 4, 8]) func neverBelowTheTarget(factor: Int) throws {
    let file = "kinds/lines.jpg"
    let whole = try Golden.reader(file).image()
    let width = whole.width / factor
    let height = whole.height / factor
    for (cropWidth, cropHeight) in [
      (factor * width - 1, factor * height), (factor * width, factor * height - 1),
    ] {
      let crop = CropRectangle(left: 0, top: 0, width: cropWidth, height: cropHeight)
      let part = try Golden.reader(file).resized(
        cropping: crop, width: width, height: height, filter: .bicubic)
      let expected = whole.resized(cropping: crop, width: width, height: height, filter: .bicubic)
      let stretched = whole.resized(
        cropping: crop, width: width / 2, height: height / 2, filter: .bicubic
      ).resized(width: width, height: height, filter: .bicubic)
      let mean = try #require(meanDifference(part, expected))
      #expect(try mean * 3 <= #require(meanDifference(stretched, expected)), "\(factor)")
    }
  }

  /// An eighth is the average of each block, which the whole decode has too, but for rounding and clamping.
  @Test func anEighthIsTheAverageOfBlocks() throws {
    let whole = try Golden.reader("kinds/land-gray-progressive.jpg").image()
    let full = CropRectangle(left: 0, top: 0, width: whole.width, height: whole.height)
    let eighth = try Golden.reader("kinds/land-gray-progressive.jpg").resized(
      cropping: full, width: whole.width / 8, height: whole.height / 8, filter: .bilinear)
    let pixels = whole.pixels
    for y in 0..<eighth.height {
      for x in 0..<eighth.width {
        var sum = 0
        for row in 0..<8 {
          for column in 0..<8 { sum += Int(pixels[(8 * y + row) * whole.width + 8 * x + column]) }
        }
        let difference = abs(Double(eighth.pixels[y * eighth.width + x]) - Double(sum) / 64)
        #expect(difference <= 1, "\(x), \(y)")
      }
    }
  }
}
