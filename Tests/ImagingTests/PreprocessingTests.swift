import Foundation
import Imaging
import Testing

struct PreprocessingTests {
  private func description(
    height: Int, width: Int, channels: Int = 3, shorter: Int, filter: ResizeFilter = .bicubic
  ) -> Preprocessing {
    Preprocessing(
      height: height, width: width, channels: channels, resizeShorterSide: shorter, filter: filter,
      mean: Array(repeating: 0.5, count: channels), standardDeviation: Array(repeating: 0.25, count: channels)
    )
  }

  @Test func squareViewsEqualTorchvision() throws {
    for (entry, expected) in try Golden.images("views") {
      let preprocessing = description(
        height: entry.height, width: entry.width, channels: entry.channels,
        shorter: try #require(entry.resizeShorterSide), filter: try #require(entry.filter))
      let view = preprocessing.evaluationView(of: entry.input)
      #expect(largestDifference(view, expected) == 0, "\(entry.testDescription)")
    }
  }

  /// Rectangular targets: one factor, both sides covered, the deciding side exact.
  @Test func rectangularTargetsAreCovered() {
    for (imageWidth, imageHeight) in [(100, 40), (40, 100), (64, 48), (7, 300), (33, 33)] {
      let geometry = EvaluationGeometry(
        imageWidth: imageWidth, imageHeight: imageHeight, width: 48, height: 24, resizeShorterSide: 30)
      #expect(geometry.resizedWidth >= 60 && geometry.resizedHeight >= 30)
      #expect(geometry.resizedWidth == 60 || geometry.resizedHeight == 30)
      let factors = (
        Double(geometry.resizedWidth) / Double(imageWidth),
        Double(geometry.resizedHeight) / Double(imageHeight)
      )
      // Truncation takes less than one pixel off the longer side.
      #expect(abs(factors.0 - factors.1) * Double(min(imageWidth, imageHeight)) <= 1)
      let image = noise(width: imageWidth, height: imageHeight, channels: 3, seed: 4)
      let view = description(height: 24, width: 48, shorter: 30).evaluationView(of: image)
      let whole = image.resized(
        width: geometry.resizedWidth, height: geometry.resizedHeight, filter: .bicubic)
      #expect(view == whole.cropped(to: geometry.crop))
    }
  }

  @Test func matchingSizeIsLeftAlone() {
    let image = noise(width: 28, height: 28, channels: 1, seed: 2)
    #expect(description(height: 28, width: 28, channels: 1, shorter: 28).evaluationView(of: image) == image)
    let colour = description(height: 28, width: 28, shorter: 28).evaluationView(of: image)
    #expect(colour == image.converted(toChannels: 3))
    // One step larger and cropped back is not the same picture.
    #expect(description(height: 28, width: 28, channels: 1, shorter: 29).evaluationView(of: image) != image)
  }

  @Test func survivesJSON() throws {
    let preprocessing = Preprocessing(height: 224, width: 192, resizeShorterSide: 256)
    let data = try JSONEncoder().encode(preprocessing)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: data) == preprocessing)
    #expect(preprocessing.mean == [0.485, 0.456, 0.406])
    #expect(preprocessing.standardDeviation == [0.229, 0.224, 0.225])
  }

  @Test(arguments: [
    ("\"channels\":3", "\"channels\":2"), ("\"height\":224", "\"height\":0"),
    ("\"resizeShorterSide\":256", "\"resizeShorterSide\":100"),
    ("\"filter\":\"bicubic\"", "\"filter\":\"box\""),
    ("\"mean\":[", "\"mean\":[0.5,"), ("\"standardDeviation\":[", "\"standardDeviation\":[-"),
    ("\"width\":224", "\"width\":9999999"),
  ]) func impossibleDescriptionsAreRefused(found: String, replacement: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(Preprocessing(height: 224, width: 224, resizeShorterSide: 256))
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains(found))
    let changed = Data(text.replacingOccurrences(of: found, with: replacement).utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Preprocessing.self, from: changed) }
  }
}
