import Foundation
import Imaging
import Platform
import Testing

/// The cases that Scripts/golden/augmentations.py made.
struct AugmentationGolden: Decodable, Sendable, CustomTestStringConvertible {
  let augmentation, operation: String
  let parameters: [Double]
  let seed: UInt64
  let inputWidth, inputHeight, channels, depth, width, height, tolerance, offset: Int

  static let all: [AugmentationGolden] = (try? Golden.decoded("augmentations.json")) ?? []

  var testDescription: String {
    "\(operation) \(parameters) of \(inputWidth)×\(inputHeight)×\(channels), \(depth) bits, seed \(seed)"
  }

  /// Noise, drawn as the golden script draws it.
  var input: Image {
    Self.noise(width: inputWidth, height: inputHeight, channels: channels, depth: depth, seed: seed)
  }

  func expected() throws -> Image {
    let bytes = try Golden.bytes("augmentations.bin")
    let count = width * height * channels
    guard depth == 16 else {
      return Image(
        width: width, height: height, channels: channels, pixels: [UInt8](bytes[offset..<offset + count]))
    }
    let samples = (0..<count).map {
      UInt16(bytes[offset + 2 * $0]) | UInt16(bytes[offset + 2 * $0 + 1]) << 8
    }
    return Image(width: width, height: height, channels: channels, samples: .sixteenBit(samples))
  }

  /// Noise in 8 bits; or in 16, one image giving the upper bytes and another the lower.
  static func noise(width: Int, height: Int, channels: Int, depth: Int, seed: UInt64) -> Image {
    let upper = ImagingTests.noise(width: width, height: height, channels: channels, seed: seed)
    guard depth == 16 else { return upper }
    let lower = ImagingTests.noise(width: width, height: height, channels: channels, seed: seed + 1)
    let samples = zip(upper.pixels, lower.pixels).map { UInt16($0) << 8 | UInt16($1) }
    return Image(width: width, height: height, channels: channels, samples: .sixteenBit(samples))
  }
}

/// The largest difference of samples in their own depth, or nil for different shapes or depths.
func largestStep(_ a: Image, _ b: Image) -> Int? {
  guard (a.width, a.height, a.channels) == (b.width, b.height, b.channels) else { return nil }
  switch (a.samples, b.samples) {
  case (.eightBit(let a), .eightBit(let b)): return zip(a, b).map { abs(Int($0) - Int($1)) }.max()
  case (.sixteenBit(let a), .sixteenBit(let b)): return zip(a, b).map { abs(Int($0) - Int($1)) }.max()
  default: return nil
  }
}

/// The augmentation of a type with some options, the others at their defaults.
func made<A: Augmentation>(_: A.Type = A.self, options: [String: JSONValue] = [:]) throws -> A {
  try A(options: Choice(A.name, options: options).decodeOptions(A.Options.self, at: "test"))
}

/// A list of numbers as an option.
func range(_ bounds: ArraySlice<Double>) -> JSONValue { .array(bounds.map { .number($0) }) }
