import Foundation
import Imaging
import Testing

/// A crop that is decoded alone against the same crop of the whole image.
struct RegionDecodeTests {
  static let jpegs = [
    "ycbcr444", "ycbcr422", "ycbcr420", "ycbcr440", "ycbcr411", "ycbcr410", "gray", "rgb", "cmyk",
    "cmyk-unmarked", "ycck", "progressive", "progressive444", "progressive-gray", "arithmetic",
    "arithmetic-progressive", "restarts", "trailing", "mpo", "edge420", "edge422",
  ].map { "kinds/\($0).jpg" }
  static let pngs = ["gray8", "gray16", "rgb8", "rgba8", "rgb16", "rgba16", "palette4"].flatMap {
    ["kinds/\($0).png", "kinds/\($0)-interlaced.png"]
  }

  /// Upright images, to the bit: chroma beside the crop is decoded with it, so that upsampling sees the same neighbours.
  @Test(arguments: jpegs + pngs) func equalsTheWholeDecode(file: String) throws {
    let whole = try Golden.reader(file).image()
    for (crop, width, height, filter, flipped) in crops(of: whole, seed: 21, count: 120) {
      let part = try Golden.reader(file).resized(
        cropping: crop, width: width, height: height, filter: filter, flipped: flipped)
      let expected = whole.resized(
        cropping: crop, width: width, height: height, filter: filter, flipped: flipped)
      #expect(part == expected, "\(file) \(crop) to \(width)×\(height)")
    }
  }

  /// Turned images are resized as they are stored. Where sides are swapped the passes run the other way round: each
  /// rounds to a level, and what a bicubic pass overshoots at an edge is clipped before the other pass or after it.
  @Test(arguments: (1...8).flatMap { ["kinds/exif\($0).jpg", "kinds/exif\($0).png"] })
  func staysCloseToTheWholeDecodeWhenTurned(file: String) throws {
    let whole = try Golden.reader(file).image()
    let swaps = ["5", "6", "7", "8"].contains { file.contains("exif\($0)") }
    for (crop, width, height, filter, flipped) in crops(of: whole, seed: 22, count: 60) {
      let part = try Golden.reader(file).resized(
        cropping: crop, width: width, height: height, filter: filter, flipped: flipped)
      let expected = whole.resized(
        cropping: crop, width: width, height: height, filter: filter, flipped: flipped)
      let largest = try #require(largestDifference(part, expected), "\(file): another shape")
      let mean = try #require(meanDifference(part, expected))
      #expect(
        largest <= (file.contains("exif1") ? 0 : swaps && filter == .bicubic ? 24 : 2),
        "\(file) \(crop) to \(width)×\(height)")
      #expect(mean <= 0.5, "\(file) \(crop) to \(width)×\(height)")
    }
  }

  /// Every window of one to three columns, and of one to three rows: where upsampling is narrowest.
  @Test(arguments: jpegs) func narrowWindows(file: String) throws {
    let whole = try Golden.reader(file).image()
    for side in 1...3 {
      for start in 0...whole.width - side {
        let crop = CropRectangle(left: start, top: 9, width: side, height: 20)
        let part = try Golden.reader(file).resized(cropping: crop, width: side, height: 20, filter: .bilinear)
        #expect(part == whole.cropped(to: crop), "\(file) \(crop)")
      }
      for start in 0...whole.height - side {
        let crop = CropRectangle(left: 7, top: start, width: 30, height: side)
        let part = try Golden.reader(file).resized(cropping: crop, width: 30, height: side, filter: .bilinear)
        #expect(part == whole.cropped(to: crop), "\(file) \(crop)")
      }
    }
  }

  /// Images of a few pixels have no neighbours to upsample from.
  @Test(arguments: ["ycbcr444-tiny.jpg", "ycbcr422-tiny.jpg", "ycbcr420-tiny.jpg", "one-pixel.png"])
  func tinyImages(file: String) throws {
    let whole = try Golden.reader(file).image()
    for left in 0..<whole.width {
      for top in 0..<whole.height {
        let crop = CropRectangle(left: left, top: top, width: whole.width - left, height: whole.height - top)
        let part = try Golden.reader(file).resized(cropping: crop, width: 5, height: 4, filter: .bicubic)
        #expect(
          part == whole.resized(cropping: crop, width: 5, height: 4, filter: .bicubic), "\(file) \(crop)")
      }
    }
  }

  /// Crops with a target of more than half their size, so that nothing is decoded at a half.
  private func crops(of image: Image, seed: UInt64, count: Int)
    -> [(crop: CropRectangle, width: Int, height: Int, filter: ResizeFilter, flipped: Bool)]
  {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { trial in
      let width = Int.random(in: 1...image.width, using: &generator)
      let height = Int.random(in: 1...image.height, using: &generator)
      // A quarter of them touches the far corner.
      let left =
        trial % 4 == 0 ? image.width - width : Int.random(in: 0...image.width - width, using: &generator)
      let top =
        trial % 4 == 0 ? image.height - height : Int.random(in: 0...image.height - height, using: &generator)
      return (
        CropRectangle(left: left, top: top, width: width, height: height),
        trial % 3 == 0 ? width : Int.random(in: width / 2 + 1...width + 40, using: &generator),
        trial % 3 == 0 ? height : Int.random(in: height / 2 + 1...height + 40, using: &generator),
        trial % 2 == 0 ? .bicubic : .bilinear, trial % 5 == 0
      )
    }
  }
}
