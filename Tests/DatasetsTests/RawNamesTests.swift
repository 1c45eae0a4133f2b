import Datasets
import Foundation
import Imaging
import Platform
import Testing

/// Names are bytes, whether they are UTF-8 or not.
struct RawNamesTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  /// Writes `image(number)` to a path of bytes below the workspace.
  private func write(_ number: Int, to name: [UInt8]) throws {
    try workspace.writeImage(number, to: "image-\(number).png")
    let path = Array(workspace.path("").utf8) + name
    for (place, byte) in path.enumerated() where byte == UInt8(ascii: "/") && place > 0 {
      String(rawBytes: path[..<place]).withRawPath { _ = mkdir($0, 0o755) }
    }
    let code = workspace.path("image-\(number).png").withCString { from in
      String(rawBytes: path).withRawPath { rename(from, $0) }
    }
    try #require(code == 0)
  }

  @Test func textKeepsEveryByte() {
    let samples: [[UInt8]] = [
      Array("plain".utf8), Array("caf\u{e9}".utf8), [0x63, 0xE9], [0xE9, 0x2E], [0xEE, 0xBE, 0x80, 0x41],
      [0xEE],
      [0xEE, 0xBF, 0xBF], [0xF0, 0x9F, 0x90], Array("\u{1F431}".utf8) + [0xFF], [0xC3, 0x28], [],
    ]
    for bytes in samples {
      #expect(String(rawBytes: bytes).rawBytes == bytes)
      #expect(String(rawBytes: bytes).withRawPath { strlen($0) } == bytes.count)
    }
    #expect(String(rawBytes: [0xE9]) != String(rawBytes: [0xE8]))
    #expect(String(rawBytes: [0xEE, 0xBE, 0x80]) != String(rawBytes: [0x80]))
    #expect(String(rawBytes: Array("caf\u{e9}".utf8)) == "caf\u{e9}")
    var state: UInt64 = 1
    for _ in 0..<500 {
      let bytes = (0..<12).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 60 < 6 ? 0xEE : state >> 40)
      }
      #expect(String(rawBytes: bytes).rawBytes == bytes)
    }
  }

  @Test func imagesAndClassesOfLatin1Names() throws {
    for (number, name) in [[0x63, 0xE8], [0x63, 0xE9], [0x64]].enumerated() as EnumeratedSequence<[[UInt8]]> {
      try write(number, to: Array("set/".utf8) + name + [0x2F, 0xEF] + Array(".png".utf8))
    }
    let set = try ImageSources.open(workspace.path("set"))
    #expect(set.classNames.map(\.rawBytes) == [[0x63, 0xE8], [0x63, 0xE9], [0x64]])
    for number in 0..<3 {
      #expect(set.label(of: number) == number)
      #expect(try set.image(at: number) == image(number))
      #expect(set.files(of: number) == [set.location(of: number)])
      #expect(set.location(of: number).rawBytes.suffix(5) == [0xEF] + Array(".png".utf8))
    }
    // The folder itself may have such a name, and a list.
    let inner = String(rawBytes: Array(workspace.path("set/").utf8) + [0x63, 0xE9])
    #expect(try ImageSources.open(inner).count == 1)
    try workspace.write(Array("set/c".utf8) + [0xE9, 0x2F, 0xEF] + Array(".png\n".utf8), to: "list.txt")
    #expect(try ImageSources.open(workspace.path("list.txt")).image(at: 0) == image(1))
  }

  @Test func listsOfBadImagesHoldTheBytes() throws {
    let name = Array("bad/caf".utf8) + [0xE9] + Array(".png".utf8)
    try write(0, to: name)
    let set = try ImageSources.open(workspace.path("bad"))
    let file = URL(filePath: workspace.path("bad-images.txt"))
    try BadImages(in: set, file: file, maximumShare: 1).record(0, Failure("odd", at: "", mend: ""))
    let line = Array(workspace.path("").utf8) + name + Array("\todd\n".utf8)
    #expect(try Array(Data(contentsOf: file)) == line)
    #expect(try BadImages(in: set, file: file, maximumShare: 1).count == 1)
  }

  @Test func unicodeFormsOfANameAreOneClass() throws {
    for (number, name) in ["caf\u{e9}", "cafe\u{301}", "red"].enumerated() {
      try write(number, to: Array("set/\(name)/1.png".utf8))
    }
    let set = try ImageSources.open(workspace.path("set"))
    #expect(set.count == 3 && set.classNames == ["caf\u{e9}", "red"])
    #expect((0..<3).map { set.label(of: $0) } == [0, 0, 1])
  }
}
