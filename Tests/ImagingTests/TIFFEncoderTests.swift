import Foundation
import Imaging
import Platform
import Testing

@Suite(.enabled(if: ImageCodecs.formats.contains(.tiff), "built without its library")) struct TIFFEncoderTests
{
  private func samples(_ count: Int, _ format: SampleFormat, seed: UInt64) -> PixelSamples {
    var generator = SplitMix64(seed: seed)
    return switch format {
    case .eightBit: .eightBit((0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
    case .sixteenBit: .sixteenBit((0..<count).map { _ in UInt16(truncatingIfNeeded: generator.next()) })
    // Every finite number, with either sign.
    case .float:
      .float(
        (0..<count).map { _ in
          let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
          return value.isFinite ? value : 0.25
        })
    }
  }

  private var stored: DecodeOptions {
    var options = DecodeOptions()
    options.keepsStoredValues = true
    return options
  }

  @Test(arguments: SampleFormat.allCases, [1, 2, 3, 4, 5, 64])
  func everySampleComesBack(format: SampleFormat, channels: Int) throws {
    for (width, height) in [(1, 1), (33, 21), (257, 400)] {
      let image = Image(
        width: width, height: height, channels: channels,
        samples: samples(width * height * channels, format, seed: UInt64(width)))
      let data = try TIFFEncoder.encode(image)
      let found = try ImageDecoder.decode([UInt8](data), options: stored)
      #expect(found == image, "\(width)×\(height)")
    }
  }

  @Test func fractionsComeBackWithoutAskingForWhatIsStored() throws {
    let values: [Float] = [0, 1, 0.5, 1e-30, 0.1, -3, 7.25, 0.999_999_9]
    let image = Image(width: 4, height: 2, channels: 1, samples: .float(values))
    #expect(try ImageDecoder.decode([UInt8](TIFFEncoder.encode(image))) == image)
  }

  @Test func stripsAreOfAboutAQuarterOfAMegabyte() throws {
    let image = noise(width: 1024, height: 1024, channels: 3, seed: 5)
    let data = [UInt8](try TIFFEncoder.encode(image))
    // RowsPerStrip, a number of 16 bits, then of 32.
    let entry = try #require(
      (0..<data.count - 12).first { data[$0...].starts(with: [0x16, 1, 3, 0, 1, 0, 0, 0]) })
    #expect(Int(data[entry + 8]) | Int(data[entry + 9]) << 8 == 85)
    #expect(try ImageDecoder.decode(data) == image)
  }
}
