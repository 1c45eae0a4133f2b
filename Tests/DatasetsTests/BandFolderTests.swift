import Datasets
import Foundation
import Imaging
import Platform
import TestSupport
import Testing

struct BandFolderTests {
  private let workspace: Workspace
  private let bands = ["_red", "_green", "_nir.png"]

  init() throws { workspace = try Workspace() }

  private func open(_ name: String = "set", _ bands: [String]? = nil, split: DatasetSplit? = nil) throws
    -> any ImageSource
  {
    try ImageSources.open(
      workspace.path(name),
      options: SourceOptions(split: split, layout: FileLayout(bands: bands ?? self.bands)))
  }

  /// Each band is mapped by its own pair; one pair holds for all.
  @Test func floatingPointBandsTakeTheirOwnRange() throws {
    for (band, values) in [("_1", [0, 10]), ("_2", [100, 300])] as [(String, [Float])] {
      var file = TIFFBytes()
      file.add(.float(values), width: 2, height: 1)
      try workspace.write(file.bytes, to: "floats/a\(band).tif")
    }
    let set = try open("floats", ["_1", "_2"])
    let measured = try SampleRangeMeasurement(of: set, seed: 1).range
    #expect(measured == SampleRange([.init(low: 0, high: 10), .init(low: 100, high: 300)]))
    var options = DecodeOptions()
    options.range = measured
    #expect(try set.image(at: 0, options: options).samples == .float([0, 0, 1, 1]))
    options.range = SampleRange(low: 0, high: 100)
    #expect(try set.image(at: 0, options: options).samples == .float([0, 1, 0.1, 3]))
  }

  @Test func stacksAsNumPyDoes() throws {
    let expected: [String: [UInt16]] = try Golden.decoded("bands.json")
    let eight = try ImageSources.open(
      Golden.path("bands"), options: SourceOptions(layout: FileLayout(bands: ["_B02.png", "_B03"])))
    #expect(try eight.count == 1 && eight.location(of: 0) == Golden.path("bands/tile"))
    let image = try eight.image(at: 0)
    #expect((image.width, image.height, image.channels) == (5, 4, 2))
    #expect(image.samples == .eightBit((expected["eight"] ?? []).map { UInt8($0) }))
    let mixed = try ImageSources.open(
      Golden.path("bands"),
      options: SourceOptions(layout: FileLayout(bands: ["_B08", "_B02.png", "_B03.png"])))
    #expect(try mixed.image(at: 0).samples == .sixteenBit(expected["mixed"] ?? []))
  }

  /// Each band is resized by itself, so that the crop of a stack is the stack of the crops, to the bit.
  @Test func decodesOnlyWhatACropNeeds() throws {
    for (number, band) in ["_red", "_green", "_nir"].enumerated() {
      try workspace.writeImage(number, to: "set/a\(band).png", width: 40, height: 30)
    }
    let source = try open()
    let crop = CropRectangle(left: 3, top: 5, width: 30, height: 20)
    let reader = try source.reader(at: 0, options: DecodeOptions())
    #expect((reader.width, reader.height, reader.channels) == (40, 30, 3))
    let found = try reader.resized(cropping: crop, width: 16, height: 12, filter: .bicubic, flipped: true)
    let whole = try source.image(at: 0)
    #expect(found == whole.resized(cropping: crop, width: 16, height: 12, filter: .bicubic, flipped: true))
    #expect(reader.codecNanoseconds > 0)
  }

  @Test func groupsByPrefixAndNamesClassesByFirstLevel() throws {
    // Bytewise, `x1_nir` stands between the bands of `x`.
    let images = ["b/x", "b/x1", "b/x_", "b/deep/y", "a/z", "top"]
    for (number, name) in images.enumerated() {
      for (band, suffix) in ["_red.png", "_green.png", "_nir.png"].enumerated() {
        try workspace.writeImage(10 * number + band, to: "set/\(name)\(suffix)")
      }
    }
    for other in ["b/x_blue.png", "c/only_swir.png", "b/x_red.txt"] {
      try workspace.writeText("", to: "set/" + other)
    }
    let source = try open()
    let sorted = images.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(source.count == images.count && source.classNames == ["a", "b"])
    for (index, name) in sorted.enumerated() {
      #expect(source.location(of: index) == workspace.path("set/" + name))
      let number = try #require(images.firstIndex(of: name))
      #expect(
        try Array(source.image(at: index).pixels.prefix(3)) == [0, 1, 2].map { UInt8(10 * number + $0) })
      let label = source.label(of: index).map { source.classNames[$0] }
      #expect(label == (name.contains("/") ? String(name.prefix(1)) : nil))
    }
  }

  @Test func theLongestSuffixCounts() throws {
    for (number, name) in ["t2", "t12", "t12.x"].enumerated() {
      try workspace.writeImage(number, to: "set/\(name).png")
    }
    let source = try open("set", ["2", "12"])
    #expect(source.count == 1 && source.location(of: 0) == workspace.path("set/t"))
    #expect(try source.image(at: 0).pixels.prefix(2) == [0, 1])
  }

  @Test func aBadImageSaysWhy() throws {
    func write(_ name: String, red: (Int, Int) = (8, 8), channels: Int = 1) throws {
      try workspace.writeImage(0, to: "set/\(name)_red.png", width: red.0, height: red.1, channels: channels)
      for band in ["_green", "_nir"] { try workspace.writeImage(1, to: "set/\(name)\(band).png") }
    }
    try write("a-missing")
    try FileManager.default.removeItem(atPath: workspace.path("set/a-missing_green.png"))
    try write("b-twice")
    try workspace.writeImage(1, to: "set/b-twice_green.jpg")
    try write("c-rgb", channels: 3)
    try write("d-size", red: (8, 9))
    try write("e-damaged")
    try workspace.writeText("no image", to: "set/e-damaged_nir.png")
    try write("f-good")
    let source = try open()
    let problems = [
      "no file for the band _green", "more than one file for the band _green", "a band of 3 channels",
      "a band of 8×8 pixels beside one of 8×9", "no image of a format that is read",
    ]
    for (index, problem) in problems.enumerated() {
      let found = try failure { _ = try source.image(at: index) }
      #expect(found.problem.contains(problem), "\(found)")
      #expect(found.place.hasPrefix(source.location(of: index)), "\(found)")
    }
    #expect(try source.image(at: 5).channels == 3)
    #expect(throws: Failure.self) { try source.image(at: 5, options: DecodeOptions(maximumPixels: 63)) }
  }

  /// Each band alone is within the limit of pixels.
  @Test func manyBandsAreBounded() throws {
    let names = (0..<5).map { "_\($0)" }
    for (number, name) in names.enumerated() { try workspace.writeImage(number, to: "set/a\(name).png") }
    let source = try open("set", names)
    #expect(try source.image(at: 0, options: DecodeOptions(maximumPixels: 80)).channels == 5)
    let found = try failure { _ = try source.image(at: 0, options: DecodeOptions(maximumPixels: 79)) }
    #expect(found.problem.contains("5 bands of 8×8"))
  }

  @Test func refusesWhatCannotBeBands() throws {
    try workspace.writeImage(0, to: "set/train/a_red.png")
    try workspace.writeImage(0, to: "set/test/b_red.png")
    try workspace.writeText("a.png\n", to: "list.txt")
    #expect(try open("set", ["_red"], split: .test).location(of: 0).hasSuffix("set/test/b"))
    for bands in [["_red", "_red"], [""], ["a/b"], (0..<65).map { "_\($0)" }] {
      #expect(try failure { _ = try open("set", bands) }.place == "bands")
    }
    #expect(try failure { _ = try open("set", ["_blue"]) }.problem.contains("ends in _blue"))
    #expect(try failure { _ = try open("list.txt") }.problem.contains("no folder"))
  }
}
