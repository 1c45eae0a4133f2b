import Foundation
import Platform
import Testing

@testable import Imaging

/// Images in single precision against Pillow's mode F and formulas in double precision (Scripts/golden/floats.py).
struct FloatImageTests {
  private struct Entry: Decodable {
    let operation: String
    let input, inputWidth, inputHeight, inputChannels: Int
    let output, width, height, channels: Int
    let filter: ResizeFilter?
    let factor: Double?
  }

  private func image(_ data: [UInt8], at offset: Int, _ width: Int, _ height: Int, _ channels: Int) -> Image {
    let samples = (0..<width * height * channels).map { index in
      Float(
        bitPattern: data.withUnsafeBytes {
          $0.loadUnaligned(fromByteOffset: offset + 4 * index, as: UInt32.self)
        })
    }
    return Image(width: width, height: height, channels: channels, samples: .float(samples))
  }

  private func result(of entry: Entry, on image: Image) throws -> Image {
    switch entry.operation {
    case "resize":
      image.resized(width: entry.width, height: entry.height, filter: try #require(entry.filter))
    case "gray": image.converted(toChannels: 1)
    case "brightness": image.adjusted(.brightness(try #require(entry.factor)))
    case "contrast": image.adjusted(.contrast(try #require(entry.factor)))
    case "saturation": image.adjusted(.saturation(try #require(entry.factor)))
    case "hue": image.adjusted(.hue(try #require(entry.factor)))
    case "solarize": image.solarized(threshold: 128)
    default: image.blurred(radius: 3, deviation: try #require(entry.factor))
    }
  }

  /// Values are up to 1.4: single precision has steps of 1.2e-7 there, and a result is rounded up to four times.
  @Test func equalsTheReference() throws {
    let data = try Golden.bytes("floats.bin")
    let entries = try Golden.decoded("floats.json", as: [Entry].self)
    #expect(Set(entries.map(\.operation)).count == 8)
    for entry in entries {
      let input = image(data, at: entry.input, entry.inputWidth, entry.inputHeight, entry.inputChannels)
      let expected = image(data, at: entry.output, entry.width, entry.height, entry.channels)
      let found = try result(of: entry, on: input)
      #expect((found.width, found.height, found.channels) == (entry.width, entry.height, entry.channels))
      let difference = zip(found.samples.unitValues, expected.samples.unitValues).map { abs($0 - $1) }.max()
      #expect(try #require(difference) < 5e-7, "\(entry.operation): \(difference ?? 0)")
    }
  }

  @Test func aResizeKeepsWhatLiesOutsideOfTheRange() {
    let image = Image(width: 2, height: 2, channels: 1, samples: .float([-3, -3, 7, 7]))
    let small = image.resized(width: 1, height: 1, filter: .bilinear)
    #expect(small.samples == .float([2]))
  }

  @Test func movesSamplesAsOthers() {
    let bytes = noise(width: 7, height: 5, channels: 3, seed: 11)
    let fractions = Image(width: 7, height: 5, channels: 3, samples: .float(bytes.samples.unitValues))
    let crop = CropRectangle(left: 1, top: 2, width: 4, height: 3)
    for (changed, expected) in [
      (fractions.flippedHorizontally(), bytes.flippedHorizontally()),
      (fractions.cropped(to: crop), bytes.cropped(to: crop)),
      (fractions.reoriented(.quarterClockwise), bytes.reoriented(.quarterClockwise)),
    ] {
      #expect(changed.samples == .float(expected.samples.unitValues) && changed.width == expected.width)
    }
  }

  @Test func aPictureOfFractionsIsClamped() {
    let image = Image(width: 4, height: 1, channels: 1, samples: .float([-1, 0.5, 1, 9]))
    #expect(image.pixels == [0, 128, 255, 255])
    #expect(image.isDeep && image.samples.format.byteCount == 4)
  }

  @Test func bandsOfSeveralKindsBecomeTheWidest() {
    let bytes = Image(width: 2, height: 1, channels: 1, pixels: [0, 255])
    let words = Image(width: 2, height: 1, channels: 1, samples: .sixteenBit([0, 65535]))
    let fractions = Image(width: 2, height: 1, channels: 1, samples: .float([0.25, 2]))
    #expect(Image(stacking: [bytes, words]).samples == .sixteenBit([0, 0, 65535, 65535]))
    #expect(Image(stacking: [bytes, words, fractions]).samples == .float([0, 0, 0.25, 1, 1, 2]))
  }
}
