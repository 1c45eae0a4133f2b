import Foundation
import Imaging
import Platform
import Testing

/// The files that Scripts/golden/imaging.py made.
enum Golden {
  /// One expected image, and how to make or find what leads to it.
  struct Entry: Decodable, Sendable, CustomTestStringConvertible {
    var file: String?
    var depth: Int?
    var inputWidth: Int?
    var inputHeight: Int?
    var seed: UInt64?
    var filter: ResizeFilter?
    var crop: CropRectangle?
    var resizeShorterSide: Int?
    var width: Int
    var height: Int
    var channels: Int
    var offset: Int

    var testDescription: String {
      file
        ?? "\(inputWidth ?? 0)×\(inputHeight ?? 0) to \(width)×\(height)×\(channels) \(filter?.rawValue ?? "")"
    }

    /// The input of a resize: noise drawn as the golden script draws it.
    var input: Image {
      noise(width: inputWidth ?? 1, height: inputHeight ?? 1, channels: channels, seed: seed ?? 0)
    }
  }

  static let folder = Bundle.module.resourceURL?.appendingPathComponent("Golden") ?? URL(fileURLWithPath: "/")

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  static func decoded<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes(name)))
  }

  /// Every entry of an index with its expected image.
  static func images(_ name: String) throws -> [(entry: Entry, image: Image)] {
    let data = try bytes("\(name).bin")
    return try decoded("\(name).json", as: [Entry].self).map { entry in
      let count = entry.width * entry.height * entry.channels
      let samples: PixelSamples =
        entry.depth == 16
        ? .sixteenBit(
          (0..<count).map {
            UInt16(data[entry.offset + 2 * $0]) | UInt16(data[entry.offset + 2 * $0 + 1]) << 8
          })
        : .eightBit([UInt8](data[entry.offset..<entry.offset + count]))
      return (
        entry, Image(width: entry.width, height: entry.height, channels: entry.channels, samples: samples)
      )
    }
  }

  /// The files of a folder of goldens whose names end in one of `endings`, as paths below `Golden`.
  static func files(in name: String, endings: [String]) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(name).path).sorted()
      .filter { file in endings.contains { file.hasSuffix($0) } && !file.hasPrefix("pillow-") }
      .map { "\(name)/\($0)" }
  }

  /// A reader of a golden file.
  static func reader(_ name: String, options: DecodeOptions = DecodeOptions()) throws -> ImageReader {
    try ImageReader(EncodedBytes(bytes(name)), options: options, place: name)
  }
}

/// Steele, Lea and Flood's generator (2014), as in the golden script.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Noise with saturated patches, as in the golden script.
func noise(width: Int, height: Int, channels: Int, seed: UInt64) -> Image {
  var generator = SplitMix64(seed: seed)
  let pixels = (0..<width * height * channels).map { _ -> UInt8 in
    let value = UInt8(generator.next() >> 56)
    return switch value {
    case 41..<100: 0
    case 100..<160: 255
    default: value
    }
  }
  return Image(width: width, height: height, channels: channels, pixels: pixels)
}

/// The largest difference of samples, in levels of 8 bits, or nil for different shapes.
func largestDifference(_ a: Image, _ b: Image) -> Int? {
  guard a.width == b.width, a.height == b.height, a.channels == b.channels else { return nil }
  return zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.max()
}

/// The mean difference of samples, in levels of 8 bits, or nil for different shapes.
func meanDifference(_ a: Image, _ b: Image) -> Double? {
  guard a.width == b.width, a.height == b.height, a.channels == b.channels else { return nil }
  return Double(zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.reduce(0, +)) / Double(a.samples.count)
}

/// A fresh folder, removed after `body`.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("imaging-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
