import Foundation
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

@Suite("Safetensors files")
struct SafetensorsFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func whatIsWrittenIsRead() throws {
    let url = folder("a.safetensors")
    let tensors: [(String, Tensor)] = [
      ("b", .random([3, 5], seed: 1)), ("a.weight", .random([2, 1, 4], seed: 2)),
      ("empty", Tensor(shape: [0, 3])),
      ("scalar", Tensor(shape: [], values: [7])), ("größe", Tensor(shape: [1], values: [-0.0])),
    ]
    let metadata = ["format": "test", "a \"quoted\" key/": "line\nbreak ü"]
    try SafetensorsFile.write(tensors, metadata: metadata, to: url)
    let file = try SafetensorsFile(contentsOf: url)
    #expect(file.metadata == metadata)
    #expect(file.entries.count == tensors.count)
    for (name, tensor) in tensors {
      #expect(file.entries[name]?.shape == tensor.shape && file.entries[name]?.dtype == "F32")
      #expect(try file.values(name, shape: tensor.shape).map { Float($0) } == tensor.values.map { Float($0) })
    }
    #expect(try file.values("größe")[0].sign == .minus)
  }

  /// The layout itself: 8 bytes of length, a header padded to 8, then the tensors one after the other.
  @Test func theLayoutIsTheFormats() throws {
    let url = folder("a.safetensors")
    try SafetensorsFile.write(
      [("y", Tensor(shape: [2], values: [1, 2])), ("x", Tensor(shape: [1], values: [3]))], metadata: [:],
      to: url)
    let data = try Data(contentsOf: url)
    let size = Int(data[0]) | Int(data[1]) << 8
    #expect(size % 8 == 0 && data[2..<8].allSatisfy { $0 == 0 } && data.count == 8 + size + 12)
    let header = try JSONDecoder().decode(JSONValue.self, from: data[8..<8 + size])
    func entry(_ length: Int, _ start: Int, _ end: Int) -> JSONValue {
      .object([
        "dtype": .string("F32"), "shape": .array([.integer(length)]),
        "data_offsets": .array([.integer(start), .integer(end)]),
      ])
    }
    let checksum = try #require(header["__metadata__"]?["vitrail.checksum"]?.string)
    #expect(checksum.wholeMatch(of: /murmur3-128:[0-9a-f]{32}/) != nil)
    let metadata = JSONValue.object(["vitrail.checksum": .string(checksum)])
    #expect(header == .object(["__metadata__": metadata, "y": entry(2, 0, 8), "x": entry(1, 8, 12)]))
    #expect(data[(8 + size)...].elementsEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40]))
  }

  @Test func doublesAndBrainFloatsAreRead() throws {
    let doubles = [1.5, -0.1, 1e30, 0].flatMap { bytes($0.bitPattern, 8) }
    let file = try open("F64", count: 4, doubles)
    #expect(try file.values("t") == [1.5, -0.1, 1e30, 0].map { Scalar($0) })
    let brain = try open("BF16", count: 4, [0x80, 0x3f, 0x49, 0x40, 0x80, 0xff, 0x01, 0x00])
    #expect(try brain.values("t") == [1, 3.140625, -.infinity, Scalar(Float(bitPattern: 0x1_0000))])
  }

  #if !(os(macOS) && arch(x86_64))
    /// All 65,536 of them.
    @Test func everyHalfIsRead() throws {
      let patterns = (0...UInt16.max).map { $0 }
      let file = try open("F16", count: patterns.count, patterns.flatMap { bytes(UInt64($0), 2) })
      for (pattern, value) in zip(patterns, try file.values("t")) {
        let wanted = Scalar(Float16(bitPattern: pattern))
        #expect(value == wanted && value.sign == wanted.sign || value.isNaN && wanted.isNaN)
      }
    }
  #endif

  @Test func aMissingTensorIsNamedWithTheNearest() throws {
    let file = try open("F32", count: 1, [0, 0, 0, 0], name: "blocks.0.attn.qkv.weight")
    let failure = try #require(throws: Failure.self) { try file.values("blocks.0.attn.kqv.weight") }
    #expect(failure.problem.contains("blocks.0.attn.kqv.weight"))
    #expect(failure.remedy.contains("blocks.0.attn.qkv.weight"))
  }

  @Test func anotherShapeIsRefused() throws {
    let file = try open("F32", count: 2, [UInt8](repeating: 0, count: 8))
    let failure = try #require(throws: Failure.self) { try file.values("t", shape: [1, 2]) }
    #expect(failure.problem.contains("[2]") && failure.problem.contains("[1, 2]"))
  }

  @Test func aFileThatCannotBeReadOrWrittenIsAFailure() throws {
    #expect(throws: Failure.self) { try SafetensorsFile(contentsOf: folder("missing.safetensors")) }
    #expect(throws: Failure.self) { try SafetensorsFile(contentsOf: folder.url) }
    #expect(throws: Failure.self) {
      try SafetensorsFile.write([], metadata: [:], to: folder("no folder/a.safetensors"))
    }
  }

  /// Counters and masks lie beside weights; only their values cannot be had.
  @Test func tensorsOfOtherTypesAreListed() throws {
    let file = try open("I64", count: 2, [UInt8](repeating: 0, count: 16))
    #expect(file.entries["t"]?.dtype == "I64")
    let failure = try #require(throws: Failure.self) { try file.values("t") }
    #expect(failure.problem.contains("I64"))
  }

  private func open(_ dtype: String, count: Int, _ body: [UInt8], name: String = "t") throws
    -> SafetensorsFile
  {
    let url = folder("\(dtype).safetensors")
    let header = #"{"\#(name)":{"dtype":"\#(dtype)","shape":[\#(count)],"data_offsets":[0,\#(body.count)]}}"#
    try safetensors(header, body).write(to: url)
    return try SafetensorsFile(contentsOf: url)
  }
}

/// The low `count` bytes of a number, lowest first.
func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// A file of that header, whose length is stated as it is or as `claimed`.
func safetensors(_ header: String, _ body: [UInt8], claimed: UInt64? = nil) -> Data {
  Data(bytes(claimed ?? UInt64(header.utf8.count), 8) + Array(header.utf8) + body)
}
