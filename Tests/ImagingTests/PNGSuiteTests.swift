import Foundation
import Imaging
import Platform
import Testing

/// Willem van Schaik's PngSuite as libpng ships it, and the files that once crashed libpng.
struct PNGSuiteTests {
  private struct Expected: Decodable {
    let file: String
    let width, height, channels, depth: Int
    let hash: String
  }

  @Test func goodFilesHaveTheirPixels() throws {
    let entries = try Golden.decoded("pngsuite/expected.json", as: [Expected].self)
    #expect(entries.count == 60)
    for entry in entries {
      let image = try ImageDecoder.decode(Golden.bytes("pngsuite/\(entry.file)"), place: entry.file)
      #expect(image.width == entry.width && image.height == entry.height, "\(entry.file)")
      #expect(image.channels == entry.channels && image.isDeep == (entry.depth == 16), "\(entry.file)")
      #expect(hash(image.samples) == entry.hash, "\(entry.file)")
    }
  }

  @Test func damagedFilesFailWithTheirReason() throws {
    for (file, words) in [
      ("badcrc.png", "CRC"), ("huge_IDAT.png", "too early"), ("huge_tEXt_chunk.png", "too early"),
      ("huge_iCCP_chunk.png", "too early"), ("huge_juNK_unsafe_to_copy.png", "too early"),
    ] {
      let failure = #expect(throws: Failure.self, "\(file)") {
        try ImageDecoder.decode(Golden.bytes("pngsuite/\(file)"), place: file)
      }
      #expect(failure?.problem.contains(words) == true, "\(file): \(failure?.problem ?? "")")
      #expect(failure?.place == file)
    }
  }

  @Test func noneCrashes() throws {
    for file in try Golden.files(in: "pngsuite", endings: [".png"]) {
      for truncated in TruncatedImages.allCases {
        _ = try? ImageDecoder.decode(Golden.bytes(file), options: DecodeOptions(truncated: truncated))
      }
    }
  }

  /// Fowler, Noll and Vo's hash (FNV-1a, 64 bits), 16-bit samples low byte first.
  private func hash(_ samples: PixelSamples) -> String {
    let bytes: [UInt8] =
      switch samples {
      case .eightBit(let samples): samples
      case .sixteenBit(let samples): samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
      case .float: []
      }
    let value = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
