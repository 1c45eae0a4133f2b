import Foundation
import Imaging
import Platform
import Testing

/// Large files around small images are not read whole.
struct EncodedExtentTests {
  private func withFile(_ body: (URL) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "vitrail-extent-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url)
  }

  private var picture: Image {
    Image(width: 16, height: 12, channels: 3, pixels: (0..<16 * 12 * 3).map { UInt8($0 * 7 % 256) })
  }

  private func grow(_ url: URL, to size: Int) throws { #expect(truncate(url.path, off_t(size)) == 0) }

  @Test func whatFollowsAPNGIsNotRead() throws {
    try withFile { url in
      let data = try PNGEncoder.encode(picture)
      try data.write(to: url)
      try grow(url, to: 1 << 30)
      let bytes = try EncodedBytes(contentsOf: url.path, options: DecodeOptions())
      #expect(bytes.count == data.count)
      #expect(try ImageDecoder.decode(contentsOf: url) == picture)
    }
  }

  @Test func aPNGOfNotesIsRefused() throws {
    try withFile { url in
      let data = try PNGEncoder.encode(picture)
      // A private chunk of 1 GiB, all zeros, behind the header of 33 bytes.
      let length = 1 << 30 - 4096
      var head = Data(data.prefix(33))
      head.append(contentsOf: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) })
      head.append(contentsOf: Data("prIv".utf8))
      try head.write(to: url)
      try grow(url, to: 41 + length + 4)
      let file = try FileHandle(forWritingTo: url)
      try file.seekToEnd()
      try file.write(contentsOf: data.dropFirst(33))
      try file.close()
      #expect(throws: Failure.self) { try EncodedBytes(contentsOf: url.path, options: DecodeOptions()) }
      do throws(Failure) {
        _ = try EncodedBytes(contentsOf: url.path, options: DecodeOptions())
      } catch {
        #expect(error.problem.contains("16×12 pixels") && error.place == url.path)
      }
    }
  }

  @Test func ofAJPEGNoMoreThanItsPixelsNeed() throws {
    try withFile { url in
      try JPEGEncoder(quality: 90).encode(picture).write(to: url)
      let whole = try ImageDecoder.decode(contentsOf: url)
      try grow(url, to: 1 << 30)
      #expect(try EncodedBytes(contentsOf: url.path, options: DecodeOptions()).count < 70 << 20)
      #expect(try ImageDecoder.decode(contentsOf: url) == whole)
    }
  }
}
