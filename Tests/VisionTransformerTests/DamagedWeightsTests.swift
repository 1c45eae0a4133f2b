import Foundation
import Imaging
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Damage behind a header, or in what it says, is noticed when the file is opened.
@Suite("Damaged safetensors files")
struct DamagedWeightsTests {
  private let folder: TemporaryFolder
  private let whole: Data

  init() throws {
    folder = try TemporaryFolder()
    let url = folder("whole.safetensors")
    try SafetensorsFile.write(
      [("a", .random([3, 4], seed: 1)), ("empty", Tensor(shape: [0])), ("b", .random([5], seed: 2))],
      metadata: ["step": "12", "text": #"a "vitrail.checksum":"murmur3-128:0" in quotes"#], to: url)
    whole = try Data(contentsOf: url)
  }

  private func open(_ data: Data) throws(Failure) -> SafetensorsFile {
    let url = folder("damaged.safetensors")
    try AtomicFile.write(data, to: url, durably: false)
    return try SafetensorsFile(contentsOf: url)
  }

  @Test func everyFlippedBitIsNoticed() throws {
    #expect(try open(whole).isVerified)
    for place in whole.indices {
      for bit in 0..<8 {
        var damaged = whole
        damaged[place] ^= 1 << bit
        #expect(throws: Failure.self, "byte \(place), bit \(bit)") { try open(damaged) }
      }
    }
  }

  @Test func zeroedBytesAreNoticed() throws {
    for place in stride(from: 0, to: whole.count - 16, by: 4) {
      var damaged = whole
      damaged.replaceSubrange(place..<place + 16, with: Data(count: 16))
      #expect(throws: Failure.self, "bytes from \(place)") { try open(damaged) }
    }
  }

  @Test func whatIsDamagedIsSaid() throws {
    var damaged = whole
    damaged[whole.count - 1] ^= 4
    let failure = try #require(throws: Failure.self) { try open(damaged) }
    #expect(failure.problem.contains("damaged") && failure.place == folder("damaged.safetensors").path)
  }

  @Test func aFileWithoutAChecksumIsReadAsItIs() throws {
    let header = #"{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    let file = try open(safetensors(header, [0, 0, 0x80, 0x3f]))
    #expect(try !file.isVerified && file.values("t") == [1])
  }

  @Test(arguments: [Scalar.nan, .infinity, -.infinity])
  func weightsThatAreNoNumbersAreNamed(_ value: Scalar) throws {
    let model = try makeModel(smallConfiguration())
    let parameter = try #require(model.parameters.parameters.last { $0.value.count > 3 })
    var values = parameter.value.values
    values[2] = value
    parameter.assign(values)
    let url = folder("model.safetensors")
    try model.write(
      to: url,
      preprocessing: Preprocessing(
        height: 4, width: 6, resizeShorterSide: 5, filter: .bilinear, mean: [0, 0, 0],
        standardDeviation: [1, 1, 1]))
    let failure = try #require(throws: Failure.self) { try ModelFile(contentsOf: url).makeModel() }
    #expect(failure.problem.contains("'\(parameter.name)' holds \(value) at place 2 of"))
  }
}
