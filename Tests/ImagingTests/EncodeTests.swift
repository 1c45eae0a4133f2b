import Foundation
import Imaging
import Platform
import Testing

struct EncodeTests {
  private struct Entry: Decodable {
    let seed: UInt64
    let quality, width, height, channels, offset: Int
    let halvesChroma: Bool
  }

  /// Pillow's libjpeg-turbo is newer, but the accurate transform, chroma averaging and tables are defined to the bit.
  @Test func jpegDecodesAsPillowsOfTheSameQuality() throws {
    let expected = try Golden.bytes("jpeg-encode.bin")
    let entries: [Entry] = try Golden.decoded("jpeg-encode.json")
    #expect(entries.count == 7)
    for entry in entries {
      let image = noise(width: entry.width, height: entry.height, channels: entry.channels, seed: entry.seed)
      let encoder = JPEGEncoder(quality: entry.quality, halvesChroma: entry.halvesChroma)
      let decoded = try ImageDecoder.decode(encoder.encode(image))
      let wanted = Image(
        width: entry.width, height: entry.height, channels: entry.channels,
        pixels: Array(expected[entry.offset..<entry.offset + entry.width * entry.height * entry.channels]))
      #expect(decoded == wanted, "quality \(entry.quality)")
    }
  }

  @Test func chromaIsWholeFrom95On() {
    #expect(JPEGEncoder(quality: 94).halvesChroma && !JPEGEncoder(quality: 95).halvesChroma)
  }

  @Test func jpegTakesWhatCanBeShown() throws {
    let deep = Image(
      width: 8, height: 8, channels: 1, samples: .sixteenBit([UInt16](repeating: 0x8080, count: 64)))
    #expect(try ImageDecoder.decode(JPEGEncoder().encode(deep)).pixels == [UInt8](repeating: 0x80, count: 64))
    #expect(
      try ImageDecoder.decode(JPEGEncoder().encode(noise(width: 9, height: 5, channels: 4, seed: 1))).channels
        == 3)
  }

  /// The failure comes back through libjpeg's longjmp; nothing crashes, and the next image is encoded.
  @Test func aSideThatJPEGCannotHoldIsAFailure() throws {
    let wide = Image(width: 65_501, height: 1, channels: 1, pixels: [UInt8](repeating: 0, count: 65_501))
    for _ in 0..<3 {
      #expect(throws: Failure.self) { try JPEGEncoder().encode(wide) }
    }
    #expect(try !JPEGEncoder().encode(noise(width: 3, height: 3, channels: 3, seed: 1)).isEmpty)
  }

  /// Data larger than the first buffer, so that it has grown.
  @Test func largeImagesGrowTheBuffer() throws {
    let image = noise(width: 300, height: 300, channels: 3, seed: 2)
    let data = try JPEGEncoder(quality: 100).encode(image)
    #expect(data.count > 1 << 17)
    let decoded = try ImageDecoder.decode(data)
    // At quality 100 nothing but rounding is lost: in the transform, and in both changes of colours.
    #expect(largestDifference(decoded, image) ?? .max <= 4)
  }

  @Test(arguments: [1, 2, 3, 4], [8, 16]) func pngHoldsEverySample(channels: Int, bits: Int) throws {
    var image = noise(width: 17, height: 9, channels: channels, seed: 5)
    // Opaque where PNG takes a channel for alpha and composites it.
    if channels == 2 {
      image = Image(
        width: 17, height: 9, channels: 2,
        pixels: image.pixels.enumerated().map { $0 % 2 == 1 ? 255 : $1 })
    }
    if bits == 16 {
      let samples = image.pixels.enumerated().map { place, value in
        channels == 2 && place % 2 == 1 ? UInt16.max : UInt16(value) << 8 | UInt16(place % 251)
      }
      image = Image(width: 17, height: 9, channels: channels, samples: .sixteenBit(samples))
    }
    let decoded = try ImageDecoder.decode(
      PNGEncoder.encodeExactly(image), options: DecodeOptions(keepsAlpha: true))
    #expect(decoded.isDeep == (bits == 16))
    guard channels == 2 else {
      #expect(decoded == image)
      return
    }
    switch (decoded.samples, image.samples) {
    case (.eightBit(let found), .eightBit(let wanted)):
      #expect(found == stride(from: 0, to: wanted.count, by: 2).map { wanted[$0] })
    case (.sixteenBit(let found), .sixteenBit(let wanted)):
      #expect(found == stride(from: 0, to: wanted.count, by: 2).map { wanted[$0] })
    default: Issue.record("another depth")
    }
  }

  @Test func pngRefusesMoreThanFourChannels() {
    #expect(throws: Failure.self) {
      try PNGEncoder.encodeExactly(noise(width: 2, height: 2, channels: 5, seed: 1))
    }
  }
}
