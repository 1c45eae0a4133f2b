import Foundation
import Platform
import TestSupport
import Testing
import VisionTransformer

@Suite("Files that are neither safetensors nor PyTorch's")
struct ForeignFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func zip(_ name: String) -> [UInt8] {
    Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 26) + Array(name.utf8)
  }

  private static func tar(_ name: String) -> [UInt8] {
    let start = Array(name.utf8)
    return start + [UInt8](repeating: 0, count: 257 - start.count) + Array("ustar".utf8)
  }

  @Test(
    "are called by their name, whatever theirs ends in",
    arguments: [
      (zip("arr_0.npy"), "npz"),
      (zip("config.json"), "Keras"), (zip("readme.txt"), "zip"),
      ([0x80, 0x02] + Array("}q\u{0}.".utf8), "pickle"),
      (
        [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E],
        "before version 1.6"
      ),
      (tar("sys_info"), "before version 0.2"), (tar("a.jpg"), "a tar archive"),
      ([0x89] + Array("HDF\r\n\u{1A}\n".utf8), "HDF5"),
      ([0x93] + Array("NUMPY".utf8), "npy"), ([0x08, 0x07, 0x12, 0x07] + Array("pytorch".utf8), "ONNX"),
      (Array("GGUF".utf8), "GGUF"), ([0x1F, 0x8B, 8, 0], "gzip"),
      (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "Git LFS"),
      (Array("<!DOCTYPE html>".utf8), "web page"), (Array(#"{"model": 1}"#.utf8), "JSON"),
    ] as [([UInt8], String)])
  func areNamed(_ start: [UInt8], _ kind: String) throws {
    let url = folder("weights.safetensors")
    try Data(start + [UInt8](repeating: 1, count: 100)).write(to: url)
    let failure = try #require(throws: Failure.self) { try ModelFile(contentsOf: url) }
    #expect(failure.problem.contains(kind), "\(failure)")
    #expect(!failure.remedy.isEmpty)
  }

  @Test func aHeaderWithTwoTensorsOfOneNameIsRefused() throws {
    let tensor = #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
    let other = #"{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#
    for header in [
      #"{"a":\#(tensor),"a":\#(other)}"#, #"{"a":\#(tensor),"\u0061":\#(other)}"#,
      #"{"a":{"dtype":"F32","shape":[1],"shape":[2],"data_offsets":[0,4]}}"#,
    ] {
      let url = folder("twice.safetensors")
      try safetensors(header, [UInt8](repeating: 0, count: 8)).write(to: url)
      let failure = try #require(throws: Failure.self) { try SafetensorsFile(contentsOf: url) }
      #expect(failure.problem.contains("twice"), "\(failure)")
    }
    let url = folder("apart.safetensors")
    try safetensors(
      #"{"a":\#(tensor),"b":\#(other),"__metadata__":{"a":"a, \"a\": a"}}"#, [UInt8](repeating: 0, count: 8)
    )
    .write(to: url)
    #expect(try SafetensorsFile(contentsOf: url).entries.count == 2)
  }

  @Test func aHeaderOfMoreTensorsThanAnyModelHasIsRefusedBeforeItIsDecoded() throws {
    let tensor = #"{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#
    let header = "{" + (0...100_000).map { "\"t\($0)\":\(tensor)" }.joined(separator: ",") + "}"
    let url = folder("many.safetensors")
    try safetensors(header, []).write(to: url)
    let failure = try #require(throws: Failure.self) { try SafetensorsFile(contentsOf: url) }
    #expect(failure.problem.contains("more than 100000 tensors"), "\(failure)")
  }
}
