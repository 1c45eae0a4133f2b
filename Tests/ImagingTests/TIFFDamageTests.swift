import Foundation
import Imaging
import Platform
import Testing

/// Whatever is wrong with a file, it decodes or is a failure that says what is wrong.
@Suite(.enabled(if: ImageCodecs.formats.contains(.tiff), "built without its library")) struct TIFFDamageTests
{
  /// A file of every compression and of every way to lay samples out.
  static let samples = [
    "rgb8", "tiles-planar", "bigtiff-big", "lzw-predictor8", "zlib-predictor16", "packbits", "group3",
    "group4",
    "jpeg-ycbcr420", "jpeg-tiles", "jpeg-of-old", "webp", "lzma", "zstd", "lerc", "palette4",
    "float64-predictor",
    "uint12", "ycbcr420", "stack", "missing-float32", "cmyk8-raw", "tile-left-out",
    "gray-alpha8-premultiplied",
  ]

  private var options: DecodeOptions {
    var options = DecodeOptions(maximumPixels: 1_000_000)
    options.keepsStoredValues = true
    return options
  }

  /// A note at the end of a file is all that may be missing of an image that decodes.
  @Test(arguments: samples) func everyCutIsAFailureOrCostsNothing(name: String) throws {
    let bytes = try Golden.bytes("tiff/\(name).tif")
    let whole = try ImageDecoder.decode(bytes, options: options)
    var decoded = 0
    for count in 0..<bytes.count {
      do throws(Failure) {
        let image = try ImageDecoder.decode([UInt8](bytes[..<count]), options: options, place: name)
        #expect(sameSamples(image, whole), "\(name), first \(count) bytes")
        decoded += 1
      } catch {
        #expect(error.place == name && !error.problem.isEmpty && !error.remedy.isEmpty)
      }
    }
    #expect(decoded < bytes.count / 4, "\(name): \(decoded) of \(bytes.count) cuts decode")
  }

  @Test(arguments: samples) func byteFlipsGiveAnImageOrAFailure(name: String) throws {
    let bytes = try Golden.bytes("tiff/\(name).tif")
    var generator = SplitMix64(seed: 19)
    var failures = 0
    for round in 0..<600 {
      var damaged = bytes
      // Tags are where most decisions are taken.
      let reach = round % 2 == 0 ? min(bytes.count, 260) : bytes.count
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let position = Int.random(in: 0..<reach, using: &generator)
        damaged[position] ^= UInt8.random(in: 1...255, using: &generator)
      }
      failures += fails(damaged, name) ? 1 : 0
    }
    #expect(failures > 30, "damage of \(name) goes unnoticed")
  }

  /// Every field of every entry, with the numbers that break sums and products.
  @Test(arguments: samples) func liesInTheDirectoryAreImagesOrFailures(name: String) throws {
    let bytes = try Golden.bytes("tiff/\(name).tif")
    let bigEndian = bytes[0] == 0x4D
    func number(_ place: Int, _ length: Int) -> Int {
      let field = bytes[place..<place + length]
      return (bigEndian ? Array(field) : field.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
    let isBig = number(2, 2) == 43
    let start = isBig ? number(8, 8) : number(4, 4)
    let (entryLength, countLength) = isBig ? (20, 8) : (12, 2)
    let count = number(start, countLength)
    for entry in 0..<count {
      for (field, length) in isBig
        ? [(0, 2), (2, 2), (4, 8), (12, 8)] : [(0, 2), (2, 2), (4, 4), (8, 4), (8, 2)]
      {
        for value in [0, 1, 2, 3, 255, 0x7FFF, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 40, Int.max] {
          var damaged = bytes
          let place = start + countLength + entry * entryLength + field
          for index in 0..<length {
            let shift = 8 * (bigEndian ? length - 1 - index : index)
            damaged[place + index] = UInt8(truncatingIfNeeded: value >> shift)
          }
          _ = fails(damaged, name)
        }
      }
    }
    #expect(count >= 8)
  }

  private func fails(_ bytes: [UInt8], _ name: String) -> Bool {
    var fails = false
    for truncated in TruncatedImages.allCases {
      var options = options
      options.truncated = truncated
      do throws(Failure) {
        let image = try ImageDecoder.decode(bytes, options: options, place: name)
        #expect(image.samples.count == image.width * image.height * image.channels)
        #expect(image.width * image.height <= options.maximumPixels)
      } catch {
        if truncated == .skip { fails = true }
        #expect(error.place == name && !error.problem.isEmpty)
      }
    }
    return fails
  }

  /// Of uncompressed samples the rows that are there, of JPEG the blocks.
  @Test(arguments: ["rgb16-big-endian", "rgb8", "jpeg-ycbcr444", "jpeg-tiles"])
  func earlyEndsKeepWhatIsThere(name: String) throws {
    let bytes = try Golden.bytes("tiff/\(name).tif")
    var pads = options
    pads.truncated = .pad
    let whole = try ImageDecoder.decode(bytes, options: options)
    var kept: [Int] = []
    for count in stride(from: 0, to: bytes.count, by: 3) {
      guard let image = try? ImageDecoder.decode([UInt8](bytes[..<count]), options: pads) else { continue }
      #expect(image.width == whole.width && image.height == whole.height && image.channels == whole.channels)
      kept.append(commonRows(image, whole))
    }
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0 <= $1 }, "\(name) \(kept)")
    #expect(try #require(kept.last) >= whole.height - 16, "\(name) \(kept)")
  }

  @Test func missingRowsAreGray() throws {
    let stack = UncompressedStack(pages: 1, side: 10)
    let bytes = stack.file(tablesFirst: true).bytes
    let image = try ImageDecoder.decode(
      [UInt8](bytes.dropLast(35)), options: DecodeOptions(truncated: .pad))
    let whole = stack.image(0)
    #expect([UInt8](image.pixels[..<60]) == [UInt8](whole.pixels[..<60]))
    #expect(image.pixels[60...].allSatisfy { $0 == 128 })
  }

  /// Leading rows of two images that are the same.
  private func commonRows(_ a: Image, _ b: Image) -> Int {
    let (left, right) = (a.samples.unitValues, b.samples.unitValues)
    let length = a.width * a.channels
    return (0..<a.height).first {
      left[$0 * length..<($0 + 1) * length] != right[$0 * length..<($0 + 1) * length]
    }
      ?? a.height
  }

  @Test func hugeSidesAreRefusedByTheHeader() throws {
    var bytes = UncompressedStack(pages: 1, side: 10).file(tablesFirst: true).bytes
    for entry in 0..<2 {
      let place = 8 + 2 + 12 * entry + 8
      bytes.replaceSubrange(place..<place + 4, with: [0x30, 0x75, 0, 0])
    }
    let failure = #expect(throws: Failure.self) { try ImageDecoder.decode(bytes) }
    #expect(failure?.problem.contains("30000×30000") == true)
    // Samples that the file cannot hold are refused before they are decoded.
    let small = #expect(throws: Failure.self) {
      try ImageDecoder.decode(bytes, options: DecodeOptions(maximumPixels: 1 << 40))
    }
    #expect(small?.problem.contains("TIFF") == true)
  }
}
