import Foundation
import Imaging
import Platform
import Testing

/// The files of Scripts/golden/web_kinds.py, and what is asked of every format among them.
enum WebKinds {
  struct Entry: Decodable, Sendable, CustomTestStringConvertible {
    let file, pixels, by: String

    var testDescription: String { file }
  }

  static func entries(endingIn ending: String) throws -> [Entry] {
    try Golden.decoded("web/kinds.json", as: [Entry].self).filter { $0.file.hasSuffix(ending) }
  }

  static func bytes(_ file: String) throws -> [UInt8] { try Golden.bytes("web/\(file)") }

  /// Each file is the picture beside it, alpha included, to the bit.
  static func expectPixels(endingIn ending: String, atLeast count: Int) throws {
    let entries = try entries(endingIn: ending)
    #expect(entries.count >= count)
    let options = DecodeOptions(keepsAlpha: true)
    for entry in entries {
      let image = try ImageDecoder.decode(bytes(entry.file), options: options, place: entry.file)
      let expected = try ImageDecoder.decode(bytes(entry.pixels), options: options)
      #expect(image == expected, "\(entry.file), by \(entry.by): \(largestDifference(image, expected) ?? -1)")
    }
  }

  /// Parts of each file, decoded alone, are those of the whole, to the bit; narrow ones too.
  static func expectParts(endingIn ending: String) throws {
    var generator = SplitMix64(seed: 61)
    for entry in try entries(endingIn: ending) {
      let bytes = try EncodedBytes(bytes(entry.file))
      let options = DecodeOptions(keepsAlpha: true)
      let whole = try ImageReader(bytes, options: options).image()
      for trial in 0..<30 {
        let width = Int.random(
          in: 1...(trial % 3 == 0 ? min(3, whole.width) : whole.width), using: &generator)
        let height = Int.random(
          in: 1...(trial % 3 == 1 ? min(3, whole.height) : whole.height), using: &generator)
        let crop = CropRectangle(
          left: Int.random(in: 0...whole.width - width, using: &generator),
          top: Int.random(in: 0...whole.height - height, using: &generator), width: width, height: height)
        let part = try ImageReader(bytes, options: options).resized(
          cropping: crop, width: width, height: height, filter: .bilinear)
        #expect(part == whole.cropped(to: crop), "\(entry.file) \(crop)")
      }
    }
  }

  /// No part of a file of fewer than `end` bytes is an image, and none a crash where parts are accepted.
  static func expectCutsFail(_ file: String, before end: Int) throws {
    let bytes = try bytes(file)
    let whole = try ImageDecoder.decode(bytes)
    for count in 0..<end {
      let part = [UInt8](bytes[..<count])
      #expect(throws: Failure.self, "\(file), first \(count) bytes") {
        try ImageDecoder.decode(part, place: file)
      }
      guard let image = try? ImageDecoder.decode(part, options: DecodeOptions(truncated: .pad)) else {
        continue
      }
      // A note on the orientation may be cut off.
      #expect(image.samples.count == whole.samples.count, "\(file), first \(count) bytes")
    }
  }

  /// Bytes changed at random give an image or a failure.
  static func expectFlipsDecodeOrFail(endingIn ending: String) throws {
    var generator = SplitMix64(seed: 62)
    for entry in try entries(endingIn: ending) {
      let bytes = try bytes(entry.file)
      for trial in 0..<120 {
        var damaged = bytes
        let reach = trial % 2 == 0 ? min(bytes.count, 120) : bytes.count
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          damaged[Int.random(in: 0..<reach, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        let options = DecodeOptions(
          maximumPixels: 1_000_000, truncated: trial % 3 == 0 ? .pad : .skip, keepsAlpha: trial % 5 == 0)
        do throws(Failure) {
          let image = try ImageDecoder.decode(damaged, options: options, place: entry.file)
          #expect(image.samples.count == image.width * image.height * image.channels)
          #expect(image.width * image.height <= options.maximumPixels)
        } catch {
          #expect(error.place == entry.file && !error.problem.isEmpty && !error.remedy.isEmpty)
        }
      }
    }
  }

  /// How many of the first rows are the same.
  static func commonRows(_ a: Image, _ b: Image) -> Int {
    let row = a.width * a.channels
    let (first, second) = (a.pixels, b.pixels)
    return (0..<a.height).first { first[$0 * row..<($0 + 1) * row] != second[$0 * row..<($0 + 1) * row] }
      ?? a.height
  }

  static func header(_ file: String) throws -> ImageHeader {
    let bytes = try bytes(file)
    return try ImageDecoder.header(of: bytes.span.bytes)
  }

  static func failure(_ bytes: [UInt8], options: DecodeOptions = DecodeOptions()) throws -> Failure {
    try #require(throws: Failure.self) { try ImageDecoder.decode(bytes, options: options, place: "a file") }
  }
}

extension [UInt8] {
  /// The same bytes but for a number, the lowest byte first, at an offset.
  func with(_ value: Int, at offset: Int, bytes count: Int) -> [UInt8] {
    var bytes = self
    for byte in 0..<count { bytes[offset + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
    return bytes
  }
}
