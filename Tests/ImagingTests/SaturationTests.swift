import Imaging
import Platform
import Testing

struct SaturationTests {
  /// An image larger than the pieces in which it is worked on, against its pixels alone, of which each is too small for a
  /// vector; these are golden in AugmentationGoldenTests.
  @Test(arguments: [8, 16]) func eachPixelChangesByItself(depth: Int) {
    let (width, height) = (61, 57)
    let image = AugmentationGolden.noise(width: width, height: height, channels: 3, depth: depth, seed: 9)
    for factor in [0, 0.37, 1, 1.4, 101] {
      let pixels = (0..<width * height).flatMap { number in
        image.cropped(
          to: CropRectangle(left: number % width, top: number / width, width: 1, height: 1)
        ).adjusted(.saturation(factor)).samples.unitValues
      }
      #expect(image.adjusted(.saturation(factor)).samples.unitValues == pixels, "factor \(factor)")
    }
  }
}
