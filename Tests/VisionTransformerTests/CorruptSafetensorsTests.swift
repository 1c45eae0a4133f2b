import Foundation
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// A damaged or hostile file is a `Failure`, never a crash, and never takes memory that it only claims.
@Suite("Corrupt safetensors files")
struct CorruptSafetensorsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let data: Data

    init(_ what: String, _ data: Data) { (testDescription, self.data) = (what, data) }

    /// A header with one tensor `t` described by these words, and 16 bytes of data.
    init(_ what: String, tensor: String) {
      self.init(what, safetensors(#"{"t":\#(tensor)}"#, [UInt8](repeating: 0, count: 16)))
    }

    /// The same of a shape and offsets of F32.
    init(_ what: String, shape: String, offsets: String) {
      self.init(what, tensor: #"{"dtype":"F32","shape":\#(shape),"data_offsets":\#(offsets)}"#)
    }

    static let all: [Example] = [
      Example("empty", Data()),
      Example("seven bytes", Data([1, 2, 3, 4, 5, 6, 7])),
      Example("a header longer than the file", safetensors("{}", [], claimed: 3)),
      Example("a header of 2⁶⁴ − 1 bytes", safetensors("{}", [], claimed: .max)),
      Example("a header of 2⁶³ bytes", safetensors("{}", [], claimed: 1 << 63)),
      Example("a header of 2⁴⁰ bytes", safetensors("{}", [], claimed: 1 << 40)),
      Example("a header of no bytes", safetensors("", [0, 0])),
      Example("a header that is not JSON", safetensors("weights", [])),
      Example("a header that is a list", safetensors("[1, 2]", [])),
      Example("a header that ends early", safetensors(#"{"t":{"dtype":"F32","#, [])),
      Example("a header nested without end", safetensors(String(repeating: "[", count: 200_000), [])),
      Example("a header of invalid UTF-8", Data(bytes(3, 8) + [0x7b, 0xff, 0x7d])),
      Example("a tensor that is text", tensor: #""F32""#),
      Example("metadata that is text", safetensors(#"{"__metadata__":"x"}"#, [])),
      Example("no dtype", tensor: #"{"shape":[4],"data_offsets":[0,16]}"#),
      Example("no shape", tensor: #"{"dtype":"F32","data_offsets":[0,16]}"#),
      Example("no offsets", tensor: #"{"dtype":"F32","shape":[4]}"#),
      Example("an unknown dtype", tensor: #"{"dtype":"F33","shape":[4],"data_offsets":[0,16]}"#),
      Example("a dtype that is a number", tensor: #"{"dtype":32,"shape":[4],"data_offsets":[0,16]}"#),
      Example(
        "another width than the dtype's", tensor: #"{"dtype":"F64","shape":[4],"data_offsets":[0,16]}"#),
      Example("a shape that is too large", shape: "[5]", offsets: "[0,16]"),
      Example("a shape that is too small", shape: "[3]", offsets: "[0,16]"),
      Example("a negative length", shape: "[-4]", offsets: "[0,16]"),
      Example("two negative lengths", shape: "[-2,-2]", offsets: "[0,16]"),
      Example("a length that is no whole number", shape: "[4.5]", offsets: "[0,16]"),
      Example("a length that is text", shape: #"["4"]"#, offsets: "[0,16]"),
      Example("lengths whose product overflows", shape: "[4611686018427387904,4]", offsets: "[0,16]"),
      Example("lengths whose product overflows to 4", shape: "[6148914691236517206,6]", offsets: "[0,16]"),
      Example("a length beyond Int", shape: "[18446744073709551620]", offsets: "[0,16]"),
      Example("a size that overflows", shape: "[4611686018427387908]", offsets: "[0,16]"),
      Example("one offset", shape: "[4]", offsets: "[16]"),
      Example("three offsets", shape: "[4]", offsets: "[0,16,32]"),
      Example("a negative start", shape: "[4]", offsets: "[-16,0]"),
      Example("an end before the start", shape: "[4]", offsets: "[16,0]"),
      Example("an end behind the file", shape: "[4]", offsets: "[4,20]"),
      Example("an end that overflows", shape: "[4]", offsets: "[9223372036854775800,9223372036854775807]"),
      Example("an offset beyond Int", shape: "[4]", offsets: "[0,1e30]"),
      Example("offsets that are text", shape: "[4]", offsets: #"["0","16"]"#),
      Example(
        "tensors that overlap",
        safetensors(
          #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"#
            + #""b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#, [UInt8](repeating: 0, count: 16))),
      Example(
        "two names for one tensor",
        safetensors(
          #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"#
            + #""b":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, [UInt8](repeating: 0, count: 16))),
    ]
  }

  @Test(arguments: Example.all)
  func isRefused(_ example: Example) throws {
    let url = folder("bad.safetensors")
    try example.data.write(to: url)
    let failure = try #require(throws: Failure.self) { try SafetensorsFile(contentsOf: url) }
    #expect(failure.place == url.path && !failure.problem.isEmpty && !failure.remedy.isEmpty)
  }

  private func whole() throws -> Data {
    let url = folder("whole.safetensors")
    try SafetensorsFile.write(
      [("a.weight", .random([3, 4], seed: 1)), ("b", .random([5], seed: 2))], metadata: ["k": "v"], to: url)
    return try Data(contentsOf: url)
  }

  @Test func everyShorterFileIsRefused() throws {
    let data = try whole()
    let url = folder("short.safetensors")
    for count in 0..<data.count {
      try data.prefix(count).write(to: url)
      #expect(throws: Failure.self) { try SafetensorsFile(contentsOf: url) }
    }
  }

  /// Three random bytes of the header or its length changed, five thousand times: whatever opens can be read.
  @Test func damageNeverCrashes() throws {
    let data = try whole()
    let url = folder("damaged.safetensors")
    var random = RandomStream(seed: 1, purpose: .synthetic)
    var refused = 0
    for _ in 0..<5_000 {
      var damaged = data
      for _ in 0..<3 {
        damaged[Int.random(in: 0..<200, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
      }
      try damaged.write(to: url)
      do throws(Failure) {
        let file = try SafetensorsFile(contentsOf: url)
        for (name, entry) in file.entries {
          #expect(try file.values(name).count == entry.shape.reduce(1, *))
        }
      } catch {
        refused += 1
      }
    }
    #expect(refused > 2_500)
  }
}
