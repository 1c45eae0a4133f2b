import CZlib
import Foundation
import Imaging
import Platform
import Testing

/// Samples of files as another decoder sees them: those of a folder of Scripts/golden/medical_kinds.py.
struct SampleGolden {
  struct Entry: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    var page: Int?
    var window: Bool?
    /// What floating-point samples range over.
    var low: Double?
    var high: Double?
    let depth, width, height, channels, offset: Int

    var testDescription: String { "\(file) \(page ?? 0)\(window == true ? " in its window" : "")" }
  }

  private let bytes: [UInt8]
  let entries: [Entry]

  init(_ folder: String) throws {
    entries = try Golden.decoded("\(folder)/samples.json")
    let total = entries.reduce(0) { max($0, $1.offset + $1.width * $1.height * $1.channels * $1.depth / 8) }
    let packed = try Golden.bytes("\(folder)/samples.zlib")
    var bytes = [UInt8](repeating: 0, count: total)
    var count = uLongf(total)
    try #require(uncompress(&bytes, &count, packed, uLong(packed.count)) == Z_OK && count == uLongf(total))
    self.bytes = bytes
  }

  func image(_ entry: Entry) -> Image {
    let count = entry.width * entry.height * entry.channels
    let samples: PixelSamples = bytes.withUnsafeBytes { memory in
      func loaded<Sample: BitwiseCopyable>(_: Sample.Type) -> [Sample] {
        (0..<count).map {
          memory.loadUnaligned(fromByteOffset: entry.offset + $0 * MemoryLayout<Sample>.size, as: Sample.self)
        }
      }
      return switch entry.depth {
      case 8: .eightBit(loaded(UInt8.self))
      case 16: .sixteenBit(loaded(UInt16.self))
      default: .float(loaded(Float.self))
      }
    }
    return Image(width: entry.width, height: entry.height, channels: entry.channels, samples: samples)
  }
}

/// What is wanted of any broken file: an image within the limits, or a failure that says where and what.
@discardableResult
func decodesOrFails(_ bytes: [UInt8], _ name: String, _ options: DecodeOptions) -> Bool {
  do throws(Failure) {
    let image = try ImageDecoder.decode(bytes, options: options, place: name)
    #expect(image.width * image.height <= options.maximumPixels, "\(name)")
    return true
  } catch {
    #expect(error.place == name && !error.problem.isEmpty && !error.remedy.isEmpty, "\(name)")
    return false
  }
}
