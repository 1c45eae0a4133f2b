import Foundation
import Imaging
import Platform
import Testing

struct DamagedFileTests {
  /// Small files of every code path: packed, interlaced, palette, alpha; baseline, progressive, restarts, CMYK, EXIF.
  static let samples = [
    "gray1.png", "rgb8.png", "rgb16-key-interlaced.png", "palette2-alpha.png", "gray-alpha16-interlaced.png",
    "ycbcr420-odd.jpg", "ycbcr420-progressive.jpg", "ycbcr420-restarts.jpg", "ycck.jpg", "exif6-big.jpg",
  ]

  @Test(arguments: samples) func everyTruncationIsAFailure(file: String) throws {
    let bytes = try Golden.bytes(file)
    _ = try ImageDecoder.decode(bytes)
    for count in 0..<bytes.count {
      #expect(throws: Failure.self, "\(file), first \(count) bytes") {
        try ImageDecoder.decode([UInt8](bytes[..<count]), place: file)
      }
    }
  }

  @Test(arguments: samples) func byteFlipsGiveAnImageOrAFailure(file: String) throws {
    let bytes = try Golden.bytes(file)
    var generator = SplitMix64(seed: 11)
    let options = DecodeOptions(maximumPixels: 1_000_000)
    var failures = 0
    for _ in 0..<400 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let position = Int.random(in: 0..<bytes.count, using: &generator)
        damaged[position] ^= UInt8.random(in: 1...255, using: &generator)
      }
      do throws(Failure) {
        let image = try ImageDecoder.decode(damaged, options: options, place: file)
        #expect(image.pixels.count == image.width * image.height * image.channels)
        #expect(image.width * image.height <= options.maximumPixels)
      } catch {
        failures += 1
        #expect(error.place == file && !error.problem.isEmpty)
      }
    }
    #expect(failures > 40, "damage of \(file) goes unnoticed")
  }

  /// Orientation parsing alone, over every byte value at every place of the EXIF segment.
  @Test func anyEXIFByteLeavesThePixels() throws {
    let bytes = try Golden.bytes("exif6-big.jpg")
    let upright = try ImageDecoder.decode(Golden.bytes("exif1-big.jpg"))
    let exif = 6..<6 + 44
    for position in exif {
      for value in UInt8.min...UInt8.max {
        var damaged = bytes
        damaged[position] = value
        let image = try ImageDecoder.decode(damaged)
        #expect(image.pixels.count == upright.pixels.count)
      }
    }
  }

  @Test func emptyFile() throws {
    let failure = try failureOfDecoding([], name: "empty.png")
    #expect(failure.problem.contains("empty"))
  }

  @Test func textNamedPNG() throws {
    let failure = try failureOfDecoding(Array("<html>not found</html>".utf8), name: "text.png")
    #expect(failure.problem.contains("no image of a format that is read"))
  }

  @Test func hugePNGIsRefusedByItsHeader() throws {
    let failure = try failureOfDecoding(Golden.bytes("huge-header.png"), name: "huge.png")
    #expect(failure.problem.contains("30000×30000") && failure.problem.contains("200000000"))
  }

  @Test func hugeJPEGIsRefusedByItsHeader() throws {
    var bytes = try Golden.bytes("ycbcr444-tiny.jpg")
    let frame = try #require((0..<bytes.count - 1).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    bytes.replaceSubrange(frame + 5..<frame + 9, with: [0x75, 0x30, 0x75, 0x30])
    let failure = try failureOfDecoding(bytes, name: "huge.jpg")
    #expect(failure.problem.contains("30000×30000"))
  }

  @Test func limitsCount() throws {
    let bytes = try Golden.bytes("rgb8.png")
    #expect(throws: Failure.self) {
      try ImageDecoder.decode(bytes, options: DecodeOptions(maximumPixels: 13 * 9 - 1))
    }
    #expect(throws: Failure.self) {
      try ImageDecoder.decode(bytes, options: DecodeOptions(maximumBytes: bytes.count - 1))
    }
    let image = try ImageDecoder.decode(
      bytes, options: DecodeOptions(maximumPixels: 13 * 9, maximumBytes: bytes.count))
    #expect(image.width == 13)
  }

  @Test func whatIsNoReadableFile() throws {
    try withTemporaryFolder { folder in
      let missing = folder.appendingPathComponent("missing.png")
      #expect(failure(of: missing)?.place == missing.path)
      #expect(failure(of: missing)?.problem.contains("cannot open") == true)
      #expect(failure(of: folder)?.problem == "not a regular file")
      let pipe = folder.appendingPathComponent("pipe.png")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      #expect(failure(of: pipe)?.problem == "not a regular file")
      let locked = folder.appendingPathComponent("locked.png")
      try Data(Golden.bytes("rgb8.png")).write(to: locked)
      chmod(locked.path, 0)
      // The superuser may read it all the same.
      #expect((failure(of: locked) == nil) == (geteuid() == 0))
    }
  }

  @Test func writingIntoAMissingFolderFails() throws {
    let image = noise(width: 2, height: 2, channels: 1, seed: 0)
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("none/out.png")
      let failure = #expect(throws: Failure.self) { try image.writePNG(to: url) }
      #expect(failure?.place == url.path)
    }
  }

  private func failure(of url: URL) -> Failure? {
    do throws(Failure) {
      _ = try ImageDecoder.decode(contentsOf: url)
      return nil
    } catch {
      return error
    }
  }

  private func failureOfDecoding(_ bytes: [UInt8], name: String) throws -> Failure {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent(name)
      try Data(bytes).write(to: url)
      let found = try #require(failure(of: url))
      #expect(found.place == url.path && !found.remedy.isEmpty)
      return found
    }
  }
}
