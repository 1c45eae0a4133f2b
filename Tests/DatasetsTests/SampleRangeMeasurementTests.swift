import Datasets
import Foundation
import Imaging
import Platform
import TestSupport
import Testing

/// What floating-point samples of a set range over.
@Suite(.enabled(if: ImageCodecs.formats.contains(.tiff), "built without its library"))
struct SampleRangeMeasurementTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func write(_ values: [Float], _ name: String) throws {
    var file = TIFFBytes()
    file.add(.float(values), width: values.count, height: 1)
    try workspace.write(file.bytes, to: "set/" + name)
  }

  private func measure() throws -> SampleRangeMeasurement {
    try SampleRangeMeasurement(of: ImageSources.open(workspace.path("set")), seed: 1)
  }

  /// 4,000 values 0…3999, of which the outer half percents are 20 each; two outliers are among them.
  @Test func leavesTheOutermostOut() throws {
    var values = (0..<4000).map(Float.init)
    (values[3998], values[3999]) = (1e9, 1e12)
    try write(Array(values[..<2000]), "a.tif")
    try write(Array(values[2000...]), "b.tif")
    let found = try measure()
    #expect(found.range == SampleRange(low: 20, high: 3979) && found.images == 2)
  }

  @Test func missingValuesAndOtherKindsDoNotCount() throws {
    try write([.nan, 3, .infinity, 5, .nan], "a.tif")
    try workspace.writeImage(1, to: "set/b.png")
    try workspace.writeText("no image", to: "set/c.png")
    #expect(try measure().range == SampleRange(low: 3, high: 5))
  }

  @Test func withoutFractionsThereIsNoRange() throws {
    try workspace.writeImage(1, to: "set/b.png")
    #expect(try measure().range == nil)
  }

  @Test func oneValueIsNoRange() throws {
    try write([7, 7, 7], "a.tif")
    let failure = #expect(throws: Failure.self) { try measure() }
    #expect(failure?.problem.contains("one value") == true && failure?.remedy.contains("data.range") == true)
  }

  /// Almost all values are one: then the range is that of all.
  @Test func aRareValueIsKept() throws {
    try write([Float](repeating: 1, count: 999) + [4], "a.tif")
    #expect(try measure().range == SampleRange(low: 1, high: 4))
  }
}
