import Foundation
import Imaging
import Platform
import Tensors
import TestSupport
import Testing

import VisionTransformer

/// Files of a format that came after this version are called so, and not taken for damaged ones.
@Suite("Formats of weights files")
struct WeightFormatTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A model file whose metadata `change` had its way with, under a checksum that holds.
  private func model(_ change: (inout [String: String]) -> Void = { _ in }) throws -> URL {
    let url = folder("model.safetensors")
    let model = try makeModel(smallConfiguration())
    let tensors = model.parameters.parameters.map { (name: $0.name, tensor: $0.value) }
    try model.write(
      to: url,
      preprocessing: Preprocessing(
        height: 4, width: 6, resizeShorterSide: 5, filter: .bilinear, mean: [0, 0, 0],
        standardDeviation: [1, 1, 1]))
    var metadata = try SafetensorsFile(contentsOf: url).metadata
    change(&metadata)
    try SafetensorsFile.write(tensors, metadata: metadata, to: url)
    return url
  }

  @Test func filesSayTheFormatThatIsWritten() throws {
    let metadata = try SafetensorsFile(contentsOf: model()).metadata
    #expect(metadata["format"] == "vitrail" && metadata["formatVersion"] == "\(WeightFormat.newest)")
    #expect(WeightFormat.number(in: metadata) == WeightFormat.newest && !WeightFormat.isNewer(metadata))
  }

  @Test func filesFromBeforeTheNumberAreReadAsBefore() throws {
    let file = try ModelFile(contentsOf: model { $0["formatVersion"] = nil })
    #expect(WeightFormat.number(in: file.file.metadata) == 1)
    #expect(try file.makeModel().configuration == smallConfiguration())
  }

  @Test(arguments: ["2", "17", "2.1", "", "99999999999999999999"])
  func aNewerFormatIsRefusedByName(_ number: String) throws {
    let url = try model { $0["formatVersion"] = number }
    let failure = try #require(throws: Failure.self) { try ModelFile(contentsOf: url) }
    #expect(
      failure.problem == "the file has format \(number), this version of Vitrail reads up to format 1"
        && failure.place == url.path)
    #expect(failure.remedy.contains("newer Vitrail") && failure.remedy.contains(Provenance.presentVersion))
    let file = try SafetensorsFile(contentsOf: url)
    let values = try #require(throws: Failure.self) { try file.values("norm.bias") }
    #expect(values == failure, "no value is misread")
  }

  /// The configuration of a newer format may have keys that this version would call misspelt.
  @Test func theFormatIsLookedAtBeforeTheConfiguration() throws {
    let url = try model {
      $0["formatVersion"] = "2"
      $0["configuration"] = #"{"shape": "new"}"#
    }
    let failure = try #require(throws: Failure.self) { try ModelFile(contentsOf: url) }
    #expect(failure.problem.contains("format 2"))
  }

  @Test func otherProgramsCountTheirFormatsThemselves() throws {
    let url = folder("foreign.safetensors")
    try SafetensorsFile.write(
      [("a", Tensor(shape: [1], values: [3]))], metadata: ["format": "pt", "formatVersion": "7"], to: url)
    let file = try SafetensorsFile(contentsOf: url)
    #expect(try WeightFormat.number(in: file.metadata) == nil && file.values("a") == [3])
  }

  /// Tensors of types, shapes and places that this version does not know, and a checksum of another kind.
  private func header(format: String) -> Data {
    safetensors(
      #"{"__metadata__":{"format":"vitrail","formatVersion":"\#(format)","vitrail.checksum.2":"other:0"},"#
        + #""a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
        + #""b":{"dtype":"F4","shape":[16],"data_offsets":[0,8]},"#
        + #""c":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"d":{"parts":["a","c"]}}"#,
      [UInt8](repeating: 0, count: 8))
  }

  @Test func whatANewerFormatHasBesidesIsLeftOut() throws {
    let url = folder("next.safetensors")
    try header(format: "2").write(to: url)
    let file = try SafetensorsFile(contentsOf: url)
    #expect(Set(file.entries.keys) == ["a", "c"] && !file.isVerified)
    #expect(WeightFormat.number(in: file.metadata) == 2 && WeightFormat.isNewer(file.metadata))
    #expect(throws: Failure.self) { try file.values("a") }
  }

  @Test func theSameInThisFormatIsDamage() throws {
    let url = folder("this.safetensors")
    try header(format: "1").write(to: url)
    let failure = try #require(throws: Failure.self) { try SafetensorsFile(contentsOf: url) }
    #expect(failure.problem.hasPrefix("not a whole safetensors file"))
  }

  /// One bit makes a 3 of the 1: the checksum tells.
  @Test func aDamagedNumberIsDamage() throws {
    let url = try model()
    var data = try Data(contentsOf: url)
    let place = try #require(data.range(of: Data(#""formatVersion":"1""#.utf8)))
    data[place.upperBound - 2] ^= 2
    try data.write(to: url)
    let failure = try #require(throws: Failure.self) { try SafetensorsFile(contentsOf: url) }
    #expect(failure.problem.contains("damaged"))
  }
}
