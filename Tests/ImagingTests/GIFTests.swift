import Imaging
import Platform
import Testing

struct GIFTests {
  private let pads = DecodeOptions(truncated: .pad)

  @Test func agreesWithPillow() throws { try WebKinds.expectPixels(endingIn: ".gif", atLeast: 28) }

  @Test func partsAreThoseOfTheWhole() throws { try WebKinds.expectParts(endingIn: ".gif") }

  /// Up to the end of the frame's blocks; the trailer behind is not needed.
  @Test(arguments: [
    "global.gif", "interlaced.gif", "offset-transparent.gif", "noise-table-kept.gif", "without-palette.gif",
  ])
  func everyCutIsAFailure(file: String) throws {
    let bytes = try WebKinds.bytes(file)
    try WebKinds.expectCutsFail(file, before: min(bytes.count - 1, 3000))
    _ = try ImageDecoder.decode([UInt8](bytes.dropLast()))
  }

  @Test func changedBytesGiveAnImageOrAFailure() throws {
    try WebKinds.expectFlipsDecodeOrFail(endingIn: ".gif")
  }

  @Test(arguments: ["global.gif", "noise.gif"]) func keepsThePixelsThatAreThere(file: String) throws {
    let bytes = try WebKinds.bytes(file)
    let whole = try ImageDecoder.decode(bytes)
    let all = whole.pixels
    var kept: [Int] = []
    for count in stride(from: 13 + 768 + 40, to: bytes.count - 2, by: 17) {
      let pixels = try ImageDecoder.decode([UInt8](bytes[..<count]), options: pads).pixels
      // All pixels up to one are those of the whole, and all behind are gray.
      let first =
        stride(from: 0, to: all.count, by: 3).first { pixels[$0..<$0 + 3] != all[$0..<$0 + 3] } ?? all.count
      #expect(pixels[first...].allSatisfy { $0 == 128 }, "\(file), \(count) bytes")
      kept.append(first)
    }
    #expect(try #require(kept.last) > all.count * 9 / 10, "\(kept)")
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0 <= $1 }, "\(kept)")
  }

  @Test func interlacedFilesKeepTheRowsThatAreThere() throws {
    let bytes = try WebKinds.bytes("interlaced.gif")
    let whole = try ImageDecoder.decode(bytes)
    let image = try ImageDecoder.decode([UInt8](bytes[..<(13 + 768 + 12 + 250)]), options: pads)
    let row = whole.width * 3
    let (found, all) = (image.pixels, whole.pixels)
    let same = (0..<whole.height).filter {
      found[$0 * row..<($0 + 1) * row] == all[$0 * row..<($0 + 1) * row]
    }
    #expect(same.starts(with: [0]) && same.contains(8) && same.contains(16) && same.contains(4), "\(same)")
    #expect(!same.contains(1) && found[row..<2 * row].allSatisfy { $0 == 128 }, "\(same)")
  }

  @Test func damageIsStillAFailure() throws {
    var bytes = try WebKinds.bytes("global.gif")
    // The first code clears; the second must be an index.
    let codes = 13 + 768 + 11 + 1
    bytes[codes + 1] = 0xFF
    bytes[codes + 2] = 0xFF
    #expect(try WebKinds.failure(bytes, options: pads).problem.contains("stands for nothing"))
  }

  @Test func anEndThatComesTooEarlyIsAFailure() throws {
    let bytes = try WebKinds.bytes("flat.gif")
    // More rows than there are codes for.
    let image = 13 + 12
    let lying = bytes.with(99, at: image + 7, bytes: 2)
    #expect(try WebKinds.failure(lying).problem.contains("end too early"))
    let padded = try ImageDecoder.decode(lying, options: pads)
    #expect(padded.height == 99 && padded.pixels.suffix(300).allSatisfy { $0 == 128 })
  }

  /// Codes for more pixels than the frame has are not decoded.
  @Test func moreCodesThanPixels() throws {
    let bytes = try WebKinds.bytes("flat.gif")
    let image = 13 + 12
    let small = try ImageDecoder.decode(
      bytes.with(3, at: image + 7, bytes: 2).with(3, at: 8, bytes: 2))
    #expect(small.width == 100 && small.height == 3)
  }

  @Test func hugeScreenIsRefusedByItsHeader() throws {
    let bytes = try WebKinds.bytes("flat.gif").with(65535, at: 6, bytes: 2).with(65535, at: 8, bytes: 2)
    #expect(try WebKinds.failure(bytes).problem.contains("65535×65535"))
    let beyond = try WebKinds.bytes("flat.gif").with(65535, at: 26, bytes: 2).with(65535, at: 28, bytes: 2)
    #expect(try WebKinds.failure(beyond).problem.contains("65635×65615"))
  }

  @Test func liesAreFailures() throws {
    let bytes = try WebKinds.bytes("flat.gif")
    #expect(try WebKinds.failure(bytes.with(0, at: 30, bytes: 2)).problem.contains("without pixels"))
    for codeSize in [0, 1, 9, 12, 255] {
      #expect(try WebKinds.failure(bytes.with(codeSize, at: 35, bytes: 1)).problem.contains("codes of"))
    }
    #expect(try WebKinds.failure(bytes.with(0x3B, at: 25, bytes: 1)).problem.contains("no image"))
    #expect(try WebKinds.failure(bytes.with(0x55, at: 25, bytes: 1)).problem.contains("neither an image"))
    let transparent = try WebKinds.bytes("transparent.gif")
    #expect(try WebKinds.failure(transparent.with(2, at: 13 + 48 + 2, bytes: 1)).problem.contains("short"))
  }
}
