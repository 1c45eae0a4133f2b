import Foundation
import Imaging
import Platform
import Testing

/// docs/images.md, row by row, on real files; what decodes is compared with Pillow's pixels of the same file.
struct ImageKindTests {
  /// Pillow decodes with a newer libjpeg-turbo; the accurate transform and the smooth upsampling are defined to the bit,
  /// so the bounds of the contract are slack.
  @Test func agreesWithPillow() throws {
    struct Entry: Decodable { let file, pillow: String }
    let entries = try Golden.decoded("kinds/pillow.json", as: [Entry].self)
    #expect(entries.count >= 40)
    for entry in entries {
      let image = try ImageDecoder.decode(Golden.bytes("kinds/\(entry.file)"), place: entry.file)
      let expected = try ImageDecoder.decode(Golden.bytes("kinds/\(entry.pillow)"))
      let found = image.converted(toChannels: expected.channels)
      let mean = try #require(meanDifference(found, expected), "\(entry.file): another shape")
      let largest = try #require(largestDifference(found, expected))
      let isPNG = entry.file.hasSuffix(".png")
      #expect(
        mean < (isPNG ? .leastNonzeroMagnitude : 0.5), "\(entry.file): mean \(mean), largest \(largest)")
      #expect(largest < (isPNG ? 1 : 3), "\(entry.file): mean \(mean), largest \(largest)")
    }
  }

  @Test func alphaIsKeptWhereAsked() throws {
    let options = DecodeOptions(keepsAlpha: true)
    for name in ["rgba8", "rgba16", "rgba8-interlaced", "rgba16-interlaced"] {
      let kept = try ImageDecoder.decode(Golden.bytes("kinds/\(name).png"), options: options)
      #expect(kept.channels == 4 && kept.isDeep == name.contains("16"))
      let composited = try ImageDecoder.decode(Golden.bytes("kinds/\(name).png"))
      #expect(composited.channels == 3)
      // Compositing what was kept gives what is composited otherwise.
      let white = kept.isDeep ? 65535 : 255
      func values(_ samples: PixelSamples) -> [Int] {
        switch samples {
        case .eightBit(let samples): samples.map(Int.init)
        case .sixteenBit(let samples): samples.map(Int.init)
        case .float: []
        }
      }
      let (four, three) = (values(kept.samples), values(composited.samples))
      for pixel in 0..<kept.width * kept.height {
        let alpha = four[4 * pixel + 3]
        for channel in 0..<3 {
          let sum = four[4 * pixel + channel] * alpha + white * (white - alpha)
          #expect(three[3 * pixel + channel] == (sum + white / 2) / white)
        }
      }
    }
  }

  @Test func colourNotesAreIgnored() throws {
    let plain = try ImageDecoder.decode(Golden.bytes("kinds/rgb8.png"))
    #expect(try ImageDecoder.decode(Golden.bytes("kinds/colour-notes.png")) == plain)
  }

  @Test func animatedFilesGiveTheDefaultPicture() throws {
    let plain = try ImageDecoder.decode(Golden.bytes("kinds/rgb8.png"))
    #expect(try ImageDecoder.decode(Golden.bytes("kinds/animated.png")) == plain)
  }

  @Test func indicesBeyondThePaletteAreBlack() throws {
    let image = try ImageDecoder.decode(Golden.bytes("kinds/index-beyond.png"))
    let row = [255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0] as [UInt8]
    #expect(image.pixels == row + row + row + row)
  }

  @Test(arguments: 1...8) func pngOrientation(_ orientation: Int) throws {
    let header = try ImageDecoder.header(
      ofContentsOf: Golden.folder.appendingPathComponent("kinds/exif\(orientation).png"))
    #expect(header.width == (orientation < 5 ? 34 : 21) && header.height == (orientation < 5 ? 21 : 34))
  }

  @Test func differentCodingsOfTheSameCoefficientsAreTheSamePicture() throws {
    let plain = try ImageDecoder.decode(Golden.bytes("kinds/ycbcr420.jpg"))
    for name in [
      "progressive", "arithmetic", "arithmetic-progressive", "restarts", "trailing", "exif1", "notes",
    ] {
      #expect(try ImageDecoder.decode(Golden.bytes("kinds/\(name).jpg")) == plain, "\(name)")
    }
  }

  @Test func multiPictureFilesGiveTheFirst() throws {
    let bytes = try Golden.bytes("kinds/mpo.jpg")
    let ends = (0..<bytes.count - 1).filter { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xD9 }
    #expect(ends.count == 2)
    let first = [UInt8](bytes[..<(try #require(ends.first) + 2)])
    #expect(try ImageDecoder.decode(bytes) == ImageDecoder.decode(first))
  }

  @Test(arguments: [("twelve-bit", "8 bits"), ("lossless", "lossless")])
  func kindsThatAreNotDecodedAreNamed(name: String, words: String) throws {
    let failure = #expect(throws: Failure.self) {
      try ImageDecoder.decode(Golden.bytes("kinds/\(name).jpg"), place: name)
    }
    #expect(failure?.problem.contains("not decoded") == true && failure?.problem.contains(words) == true)
    #expect(failure?.remedy.contains("convert") == true)
  }

  /// Of two components; nothing says what they mean.
  @Test func unknownColourSpaceIsNamed() throws {
    var bytes = try Golden.bytes("kinds/ycbcr444.jpg")
    let frame = try #require((0..<bytes.count - 1).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    bytes[frame + 3] -= 3
    bytes[frame + 9] = 2
    bytes.removeSubrange(frame + 16..<frame + 19)
    let scan = try #require((frame..<bytes.count - 1).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
    bytes[scan + 3] -= 2
    bytes[scan + 4] = 2
    bytes.removeSubrange(scan + 9..<scan + 11)
    let failure = #expect(throws: Failure.self) { try ImageDecoder.decode(bytes) }
    #expect(failure?.problem.contains("neither gray, colour nor CMYK") == true)
  }

  @Test func readerGivesTheSameAgain() throws {
    for name in [
      "kinds/ycbcr420.jpg", "kinds/progressive.jpg", "kinds/rgba16-interlaced.png", "kinds/rgb8.png",
    ] {
      let reader = try Golden.reader(name)
      let whole = try reader.image()
      let crop = CropRectangle(left: 5, top: 3, width: 20, height: 17)
      for _ in 0..<2 {
        #expect(try reader.image() == whole)
        #expect(
          try reader.resized(cropping: crop, width: 16, height: 16, filter: .bicubic)
            == whole.resized(cropping: crop, width: 16, height: 16, filter: .bicubic))
      }
    }
  }
}
