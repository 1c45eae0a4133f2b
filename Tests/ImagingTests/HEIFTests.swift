import Foundation
import Imaging
import Platform
import Testing

/// Whether this build has the trait HEIF.
private let readsHEIF = ImageCodecs.formats.contains(.heif)

/// HEIC and AVIF as docs/images.md has them, on the files of Scripts/golden/medical_kinds.py.
@Suite(.enabled(if: readsHEIF)) struct HEIFTests {
  /// Files of every code path, for damage.
  static let samples = [
    "rgb420.heic", "gray.heic", "alpha.heic", "deep10.heic", "grid.heic", "turn5.heic", "rgb444.avif",
    "alpha.avif", "animated.avif",
  ]

  private func decoded(_ name: String, _ options: DecodeOptions = DecodeOptions()) throws -> Image {
    try ImageDecoder.decode(Golden.bytes("heif/\(name)"), options: options, place: name)
  }

  /// Within a level. Colours that a file has for two or four pixels each are the pixels' alike here, and smoothed by
  /// Pillow: of these AVIF files the luminance is compared.
  @Test func agreesWithOtherDecoders() throws {
    let golden = try SampleGolden("heif")
    #expect(golden.entries.count >= 30)
    for entry in golden.entries where entry.file != "alpha-premultiplied.avif" {
      let expected = golden.image(entry)
      let image = try decoded(entry.file, DecodeOptions(keepsAlpha: true))
      if ["rgb420.avif", "deep10.avif"].contains(entry.file) {
        let (found, wanted) = (image.converted(toChannels: 1), expected.converted(toChannels: 1))
        #expect(try #require(meanDifference(found, wanted)) < 3, "\(entry.file)")
      } else {
        #expect(image.samples.format == expected.samples.format, "\(entry.file)")
        #expect(try #require(largestDifference(image, expected)) <= 1, "\(entry.file)")
      }
    }
  }

  @Test(arguments: ["alpha.heic", "alpha.avif"]) func alphaIsLaidOnWhite(name: String) throws {
    let kept = try decoded(name, DecodeOptions(keepsAlpha: true))
    let composited = try decoded(name)
    #expect(kept.channels == 4 && composited.channels == 3)
    for pixel in 0..<kept.width * kept.height {
      let alpha = Int(kept.pixels[4 * pixel + 3])
      for channel in 0..<3 {
        let sum = Int(kept.pixels[4 * pixel + channel]) * alpha + 255 * (255 - alpha)
        #expect(Int(composited.pixels[3 * pixel + channel]) == (sum + 127) / 255)
      }
    }
  }

  /// Colours that are multiplied by alpha already are not so again.
  @Test func premultipliedAlphaIsAddedToWhite() throws {
    let kept = try decoded("premultiplied.heic", DecodeOptions(keepsAlpha: true))
    let composited = try decoded("premultiplied.heic")
    for pixel in 0..<kept.width * kept.height {
      for channel in 0..<3 {
        let sum = Int(kept.pixels[4 * pixel + channel]) + 255 - Int(kept.pixels[4 * pixel + 3])
        #expect(Int(composited.pixels[3 * pixel + channel]) == min(sum, 255))
      }
    }
  }

  /// Pillow divides by alpha what the file has multiplied by it.
  @Test func premultipliedAVIFIsThePictureOnWhite() throws {
    let golden = try SampleGolden("heif")
    let entry = try #require(golden.entries.first { $0.file == "alpha-premultiplied.avif" })
    let found = try decoded(entry.file)
    let expected = golden.image(entry).pixels
    for pixel in 0..<entry.width * entry.height {
      let alpha = Double(expected[4 * pixel + 3])
      for channel in 0..<3 {
        let wanted = (Double(expected[4 * pixel + channel]) * alpha + 255 * (255 - alpha)) / 255
        #expect(abs(Double(found.pixels[3 * pixel + channel]) - wanted) <= 3, "\(pixel)")
      }
    }
  }

  /// The turn of the file's own properties holds, not that of the EXIF note.
  @Test func orientationOfEXIFIsIgnored() throws {
    let turned = try decoded("turn6.heic")
    let plain = try decoded("exif6.heic")
    #expect((turned.width, turned.height) == (22, 34) && (plain.width, plain.height) == (34, 22))
    for row in 0..<22 {
      for column in 0..<34 {
        let (from, to) = (3 * (row * 34 + column), 3 * (column * 22 + 21 - row))
        #expect(plain.pixels[from..<from + 3] == turned.pixels[to..<to + 3])
      }
    }
  }

  @Test func grayIsOneChannel() throws {
    for name in ["gray.heic", "gray.avif"] {
      #expect(try Golden.reader("heif/\(name)").channels == 1)
      #expect(try decoded(name).channels == 1)
    }
  }

  @Test func deepSamplesKeepTheirBits() throws {
    for (name, bits) in [("deep10.heic", 10), ("deep12.heic", 12), ("deep10.avif", 10)] {
      guard case .sixteenBit(let samples) = try decoded(name).samples else {
        Issue.record("\(name) has other samples than 16 bits")
        continue
      }
      let greatest = 1 << bits - 1
      let whole = Set((0...greatest).map { UInt16(($0 * 65535 + greatest / 2) / greatest) })
      #expect(samples.allSatisfy(whole.contains) && Set(samples).count > 256, "\(name)")
    }
  }

  /// Pixels that are coded otherwise, by the name of the coder.
  @Test func otherCodersAreNamed() throws {
    var bytes = try Golden.bytes("heif/rgb420.heic")
    let kind = try #require((0..<bytes.count - 4).first { Array(bytes[$0..<$0 + 4]) == Array("hvc1".utf8) })
    bytes.replaceSubrange(kind..<kind + 4, with: Array("jpeg".utf8))
    let failure = #expect(throws: Failure.self) { try ImageDecoder.decode(bytes) }
    #expect(failure?.problem.contains("neither HEVC nor AV1") == true)
    #expect(failure?.remedy.contains("convert") == true)
  }

  /// Codes of colours that no standard gives a meaning; of such pictures libheif has lost the memory.
  @Test func unknownColorsAreRefused() throws {
    let bytes = try Golden.bytes("heif/rgb444.avif")
    var refused = 0
    for position in 0..<bytes.count {
      var damaged = bytes
      damaged[position] ^= 0x55
      do throws(Failure) { _ = try ImageDecoder.decode(damaged) } catch {
        if error.problem.contains("not known") { refused += 1 }
        #expect(!error.problem.contains("NCLX"))
      }
    }
    #expect(refused > 0)
  }

  /// A picture that is one of its own tiles has no end.
  @Test func aPictureOfItselfIsRefused() throws {
    let failure = #expect(throws: Failure.self) { try decoded("own-tile.heic") }
    #expect(failure?.problem.contains("too many others") == true)
  }

  /// Tiles of a million pixels in a picture that says that it has 1,600.
  @Test func whatTilesSayCounts() throws {
    let failure = #expect(throws: Failure.self) {
      try decoded("large-tiles.heic", DecodeOptions(maximumPixels: 262_143))
    }
    #expect(failure?.problem.contains("512×512") == true)
    // Four tiles are as much as is allowed, and their pixels do not make up the picture that they should.
    #expect(throws: Failure.self) { try decoded("large-tiles.heic", DecodeOptions(maximumPixels: 262_144)) }
  }

  /// The file with other sides in every box that has some.
  private func withSides(_ width: Int, _ height: Int, in name: String) throws -> [UInt8] {
    var bytes = try Golden.bytes("heif/\(name)")
    let boxes = (0..<bytes.count - 4).filter { Array(bytes[$0..<$0 + 4]) == Array("ispe".utf8) }
    #expect(!boxes.isEmpty)
    let sides = [width, height].flatMap { side in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: side >> $0) }
    }
    for box in boxes { bytes.replaceSubrange(box + 8..<box + 16, with: sides) }
    return bytes
  }

  /// The size of the coded picture counts, whatever the file says its size is.
  @Test(arguments: ["rgb420.heic", "rgb420.avif", "animated.avif"]) func whatTheCodedPictureSaysCounts(
    name: String
  ) throws {
    let bytes = try withSides(1, 1, in: name)
    let failure = #expect(throws: Failure.self) {
      try ImageDecoder.decode(bytes, options: DecodeOptions(maximumPixels: 33 * 21 - 1))
    }
    #expect(failure?.problem.contains("above the limit") == true)
    // What is coded in 64×64 pixels is cut to 33×21, or else is not what the file says.
    if name.hasSuffix("avif") { #expect(throws: Failure.self) { try ImageDecoder.decode(bytes) } }
  }

  @Test func sizesAreCheckedBeforeMemoryIsTaken() throws {
    let bytes = try withSides(30000, 30000, in: "rgb444.avif")
    let failure = #expect(throws: Failure.self) { try ImageDecoder.decode(bytes) }
    #expect(failure?.problem.contains("30000×30000") == true)
  }

  /// What is cut off is missed, or no pixel needs it.
  @Test(arguments: samples) func truncationsAreFailuresOrTheWhole(name: String) throws {
    let bytes = try Golden.bytes("heif/\(name)")
    let whole = try ImageDecoder.decode(bytes)
    var failures = 0
    for count in 0..<bytes.count {
      for truncated in TruncatedImages.allCases {
        do throws(Failure) {
          let image = try ImageDecoder.decode(
            [UInt8](bytes[..<count]), options: DecodeOptions(truncated: truncated), place: name)
          #expect(image == whole, "\(name), first \(count) bytes")
        } catch {
          failures += 1
          #expect(error.place == name && !error.problem.isEmpty && !error.remedy.isEmpty)
        }
      }
    }
    #expect(failures > bytes.count, "\(name)")
  }

  @Test(arguments: samples) func byteFlipsGiveAnImageOrAFailure(name: String) throws {
    let bytes = try Golden.bytes("heif/\(name)")
    var generator = SplitMix64(seed: 14)
    var failures = 0
    for _ in 0..<300 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let position = Int.random(in: 0..<bytes.count, using: &generator)
        damaged[position] ^= UInt8.random(in: 1...255, using: &generator)
      }
      if !decodesOrFails(damaged, name, DecodeOptions(maximumPixels: 1_000_000)) { failures += 1 }
    }
    #expect(failures > 30, "damage of \(name) goes unnoticed")
  }

  /// Every byte of the boxes before the coded data, at values that lie.
  @Test(arguments: ["alpha.heic", "grid.heic", "animated.avif"]) func lyingBoxesGiveAnImageOrAFailure(
    name: String
  ) throws {
    let bytes = try Golden.bytes("heif/\(name)")
    let end = try #require((0..<bytes.count - 4).first { Array(bytes[$0..<$0 + 4]) == Array("mdat".utf8) })
    for position in 0..<end {
      for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] where value != bytes[position] {
        var damaged = bytes
        damaged[position] = value
        decodesOrFails(damaged, name, DecodeOptions(maximumPixels: 100_000))
      }
    }
  }

  @Test func cropsAreThoseOfTheWhole() throws {
    for name in ["rgb420.heic", "gray.avif", "alpha.avif", "deep10.heic", "turn7.avif"] {
      let reader = try Golden.reader("heif/\(name)")
      let whole = try decoded(name)
      let crop = CropRectangle(left: 5, top: 3, width: 14, height: 11)
      for _ in 0..<2 {
        #expect(
          try reader.resized(cropping: crop, width: 14, height: 11, filter: .bicubic)
            == whole.cropped(to: crop))
      }
    }
  }
}
