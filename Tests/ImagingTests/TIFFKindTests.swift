import CZlib
import Foundation
import Imaging
import Platform
import Testing

/// The files of Scripts/golden/tiff_kinds.py, beside the pixels that tifffile or Pillow reads in them.
struct TIFFGolden: Decodable {
  let file: String
  let page, pageCount, width, height, channels, bits, offset: Int
  /// By how many levels decoders may differ.
  let largest: Int

  static func all() throws -> [(entry: TIFFGolden, image: Image)] {
    let entries = try Golden.decoded("tiff/expected.json", as: [TIFFGolden].self)
    let packed = try Golden.bytes("tiff/expected.zlib")
    let end = entries.map { $0.offset + $0.width * $0.height * $0.channels * $0.bits / 8 }.max() ?? 0
    var expected = [UInt8](repeating: 0, count: end)
    var count = uLongf(end)
    try #require(uncompress(&expected, &count, packed, uLong(packed.count)) == Z_OK && count == uLongf(end))
    return entries.map { ($0, $0.image(in: expected)) }
  }

  func bytes() throws -> [UInt8] { try Golden.bytes("tiff/\(file)") }

  private func image(in expected: [UInt8]) -> Image {
    let count = width * height * channels
    func values<Value: FixedWidthInteger>(_: Value.Type) -> [Value] {
      expected.withUnsafeBytes { bytes in
        (0..<count).map {
          Value(
            littleEndian: bytes.loadUnaligned(
              fromByteOffset: offset + $0 * Value.bitWidth / 8, as: Value.self))
        }
      }
    }
    let samples: PixelSamples =
      switch bits {
      case 8: .eightBit(values(UInt8.self))
      case 16: .sixteenBit(values(UInt16.self))
      default: .float(values(UInt32.self).map(Float.init(bitPattern:)))
      }
    return Image(width: width, height: height, channels: channels, samples: samples)
  }
}

/// Whether samples are the same, those that are not a number included.
func sameSamples(_ a: Image, _ b: Image) -> Bool {
  guard (a.width, a.height, a.channels) == (b.width, b.height, b.channels) else { return false }
  guard case .float(let left) = a.samples, case .float(let right) = b.samples else { return a == b }
  return zip(left, right).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
}

@Suite(.enabled(if: ImageCodecs.formats.contains(.tiff), "built without its library")) struct TIFFKindTests {
  /// The stored numbers, so that they are compared before a range maps them.
  private func options(page: Int = 0) -> DecodeOptions {
    var options = DecodeOptions()
    options.keepsStoredValues = true
    options.pages = .page(page)
    return options
  }

  @Test func agreesWithTifffileAndPillow() throws {
    let goldens = try TIFFGolden.all()
    #expect(goldens.count >= 150)
    for (entry, expected) in goldens {
      let bytes = try entry.bytes()
      do throws(Failure) {
        let image = try ImageDecoder.decode(bytes, options: options(page: entry.page), place: entry.file)
        if entry.largest == 0 {
          #expect(sameSamples(image, expected), "\(entry.file): \(image) \(firstDifference(image, expected))")
        } else {
          let largest = largestDifference(image, expected)
          #expect(
            largest.map { $0 <= entry.largest } == true,
            "\(entry.file): \(image) \(String(describing: largest))")
        }
      } catch {
        Issue.record("\(entry.file): \(error.problem)")
      }
    }
  }

  private func firstDifference(_ a: Image, _ b: Image) -> String {
    let pairs = zip(a.samples.unitValues, b.samples.unitValues)
    return pairs.enumerated().first { $1.0 != $1.1 }.map { "\($0): \($1.0), not \($1.1)" }
      ?? "of another shape"
  }

  @Test func kindsThatAreNotDecodedAreNamed() throws {
    struct Refusal: Decodable { let file, words: String }
    let refusals = try Golden.decoded("tiff/refused.json", as: [Refusal].self)
    #expect(refusals.count >= 10)
    for refusal in refusals {
      let failure = #expect(throws: Failure.self, "\(refusal.file)") {
        try ImageDecoder.decode(Golden.bytes("tiff/\(refusal.file)"), place: refusal.file)
      }
      #expect(failure?.problem.contains(refusal.words) == true, "\(refusal.file): \(failure?.problem ?? "")")
      #expect(failure?.place == refusal.file && failure?.remedy.isEmpty == false)
    }
  }

  /// What samples can be becomes 0…1: of signed numbers −2^(b−1)…2^(b−1) − 1.
  @Test func wholeNumbersAreFractionsOfWhatTheyCanBe() throws {
    for (file, low, high) in [
      ("int8", -128, 127), ("int16", -32768, 32767), ("uint24", 0, 0xFFFFFF), ("uint20", 0, 0xFFFFF),
      ("int12", -2048, 2047), ("uint32", 0, 4_294_967_295),
    ] as [(String, Double, Double)] {
      let bytes = try Golden.bytes("tiff/\(file).tif")
      let stored = try ImageDecoder.decode(bytes, options: options()).samples.unitValues
      let mapped = try ImageDecoder.decode(bytes).samples.unitValues
      for (value, fraction) in zip(stored, mapped) {
        let wanted = Float((Double(value) - low) / (high - low))
        #expect(abs(fraction - wanted) <= wanted.ulp, "\(file)")
      }
      #expect(mapped.min() == 0 && mapped.max() == 1, "\(file)")
    }
  }

  @Test func missingSamplesAreZeroOnceMapped() throws {
    var options = DecodeOptions()
    options.range = SampleRange(low: -10, high: 1000)
    let image = try ImageDecoder.decode(Golden.bytes("tiff/missing-float32.tif"), options: options)
    let samples = image.samples.unitValues
    #expect(samples.allSatisfy { $0.isFinite })
    #expect((3..<6).allSatisfy { row in (4..<9).allSatisfy { samples[row * image.width + $0] == 0 } })
  }

  @Test func alphaIsKeptWhereAsked() throws {
    for name in ["rgba8", "rgba16", "rgba8-premultiplied", "palette-alpha"] {
      let kept = try ImageDecoder.decode(
        Golden.bytes("tiff/\(name).tif"), options: DecodeOptions(keepsAlpha: true))
      #expect(kept.channels == 4, "\(name)")
    }
  }

  /// Every crop of every kind: tiles and strips that it does not touch are not needed.
  @Test func partsAreThoseOfTheWhole() throws {
    for (entry, _) in try TIFFGolden.all() where entry.page == 0 {
      let bytes = EncodedBytes(try entry.bytes())
      let whole = try ImageReader(bytes, options: options()).image()
      guard whole.width > 12, whole.height > 12 else { continue }
      for (left, top) in [(0, 0), (17, 3), (1, whole.height - 9), (whole.width - 12, 7)] {
        let crop = CropRectangle(left: min(left, whole.width - 12), top: top, width: 12, height: 9)
        guard top + 9 <= whole.height else { continue }
        let part = try ImageReader(bytes, options: options()).resized(
          cropping: crop, width: 12, height: 9, filter: .bicubic)
        #expect(sameSamples(part, whole.cropped(to: crop)), "\(entry.file) \(crop)")
      }
    }
  }

  @Test func headerTellsPagesAndDepth() throws {
    for (entry, expected) in try TIFFGolden.all() {
      let reader = try ImageReader(EncodedBytes(entry.bytes()), options: options(page: entry.page))
      let header = try #require(reader.header)
      #expect(header.format == .tiff && header.pageCount == entry.pageCount, "\(entry.file)")
      #expect((header.width, header.height) == (expected.width, expected.height), "\(entry.file)")
      #expect(header.channels == expected.channels && header.depth == entry.bits, "\(entry.file)")
    }
  }
}
