import Datasets
import Foundation
import Imaging
import Platform
import Tensors
import Testing

struct TransformTests {
  private func stream(_ sample: Int) -> RandomStream {
    RandomStream(seed: 1, purpose: .augmentation, epoch: 2, sample: sample)
  }

  @Test func anImageOfTheTargetSizeIsUsedAsItIs() {
    for (width, height) in [(8, 8), (12, 4)] {
      let picture = image(9, width: width, height: height)
      let transform = TrainingTransform(
        height: height, width: width, channels: 1, scale: 1...1, ratio: 1...1, flipProbability: 0,
        mean: [0], standardDeviation: [1])
      var stream = stream(0)
      #expect(transform.view(of: picture, drawing: &stream) == picture)
    }
  }

  @Test func flipsAsOftenAsAsked() {
    let picture = image(3, width: 6, height: 4, channels: 3)
    let mirrored = picture.resized(width: 6, height: 4, filter: .bicubic, flipped: true)
    let transform = TrainingTransform(height: 4, width: 6, scale: 1...1, ratio: 1...1, flipProbability: 0.25)
    var flips = 0
    for sample in 0..<2000 {
      var stream = stream(sample)
      let view = transform.view(of: picture, drawing: &stream)
      #expect(view == picture || view == mirrored)
      flips += view == mirrored ? 1 : 0
    }
    // Five standard deviations of a binomial count around 500.
    #expect(abs(flips - 500) <= 97)
  }

  /// The same draws give the same crop as Imaging's own parts, in either order of conversion and resize.
  @Test func composesCropFlipAndChannels() {
    let transform = TrainingTransform(height: 16, width: 24, flipProbability: 0.5)
    for sample in 0..<20 {
      let gray = image(sample, width: 40, height: 30)
      var mine = stream(sample)
      var other = stream(sample)
      let crop = RandomResizedCrop(scale: 0.2...1).sample(width: 40, height: 30, using: &other)
      let flipped = other.uniform() < 0.5
      let expected = gray.converted(toChannels: 3).resized(
        cropping: crop, width: 24, height: 16, filter: .bicubic, flipped: flipped)
      #expect(transform.view(of: gray, drawing: &mine) == expected)
    }
    let toGray = TrainingTransform(height: 16, width: 24, channels: 1, mean: [0.5], standardDeviation: [0.5])
    var stream = stream(0)
    let view = toGray.view(of: image(5, width: 40, height: 30, channels: 3), drawing: &stream)
    #expect((view.width, view.height, view.channels) == (24, 16, 1))
  }

  @Test func survivesJSONAndRefusesNonsense() throws {
    let transform = TrainingTransform(
      height: 28, width: 28, channels: 1, mean: [0.5], standardDeviation: [0.2])
    let tree = JSONValue.encoding(transform)
    #expect(try StrictDecoder.decode(TrainingTransform.self, from: tree, at: "recipe") == transform)
    let wrong: [JSONValue] = [
      .object(["scale": .array([.number(0), .number(1)])]),
      .object(["scale": .array([.number(0.5), .number(2)])]),
      .object(["ratio": .array([.number(-1), .number(1)])]), .object(["flipProbability": .number(1.5)]),
      .object(["channels": .integer(2)]), .object(["mean": .array([])]), .object(["height": .integer(0)]),
      .object(["flip": .number(0.5)]), .object(["standardDeviation": .array([.number(0)])]),
    ]
    for change in wrong {
      let found = try failure {
        _ = try StrictDecoder.decode(TrainingTransform.self, from: tree.overlaid(with: change), at: "recipe")
      }
      #expect(found.place.hasPrefix("recipe"))
    }
  }

  @Test func rawPixelsAreTheEvaluationView() {
    let preprocessing = Preprocessing(
      height: 8, width: 8, channels: 1, resizeShorterSide: 8, mean: [0.3], standardDeviation: [0.2])
    let picture = image(77)
    #expect(preprocessing.pixels(of: picture) == picture.pixels.map { Float($0) / 255 })
  }
}
