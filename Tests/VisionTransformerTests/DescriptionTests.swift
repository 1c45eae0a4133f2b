import Foundation
import Imaging
import TestSupport
import Testing
import VisionTransformer

/// What `print` says of a model and an image, and features of no image.
@Suite struct DescriptionTests {
  @Test func modelsAndImagesSayWhatTheyAre() throws {
    let model = try makeModel(smallConfiguration())
    let count = model.parameters.trainableScalarCount
    #expect("\(model)" == "VisionTransformer 12 × 2, 3 heads, patch 2 of 4×6×3, \(count) parameters")
    let folder = try TemporaryFolder()
    let url = folder("model.safetensors")
    let preprocessing = Preprocessing(
      height: 4, width: 6, resizeShorterSide: 5, filter: .bilinear, mean: [0.1, 0.2, 0.3],
      standardDeviation: [0.4, 0.5, 0.6])
    try model.write(to: url, preprocessing: preprocessing)
    let file = try ModelFile(contentsOf: url)
    #expect(
      "\(file)".hasPrefix("ModelFile 12 × 2, 3 heads, patch 2 of 4×6×3, ")
        && "\(file)".hasSuffix(" weights, in \(url.path)"))
    #expect(
      "\(Image(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 4, 5, 6]))"
        == "Image 2×1, 3 channels of 8 bits")
    #expect(
      "\(Image(width: 1, height: 2, channels: 1, samples: .sixteenBit([1, 2])))"
        == "Image 1×2, 1 channel of 16 bits")
    let none = model.embed([], preprocessing: preprocessing)
    #expect(none.shape == [0, 12] && none.values.isEmpty)
  }
}
