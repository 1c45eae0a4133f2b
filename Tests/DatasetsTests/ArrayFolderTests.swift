import Datasets
import Foundation
import Imaging
import Platform
import Testing

/// Folders that hold arrays.
@Suite struct ArrayFolderTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func open(_ name: String, _ split: DatasetSplit? = nil) throws -> any ImageSource {
    try ImageSources.open(workspace.path(name), split: split)
  }

  @Test func oneArrayAndItsLabels() throws {
    try workspace.write(npy(shape: [3, 5, 6]), to: "set/images.npy")
    try workspace.write(npy(shape: [3]), to: "set/labels.npy")
    try workspace.writeText("notes", to: "set/README.md")
    let source = try open("set")
    #expect(source is ArrayImages && source.count == 3 && source.classNames == ["0", "7", "14"])
    #expect(source.path == workspace.path("set/images.npy"))
  }

  @Test func partsAreFoldersOfTheirOwn() throws {
    for (part, count) in [("train", 4), ("test", 2)] {
      try workspace.write(npy(shape: [count, 5, 6]), to: "set/\(part)/images.npy")
    }
    #expect(try open("set").count == 4 && open("set", .test).count == 2)
  }

  @Test func severalArraysAreNoSet() throws {
    for name in ["b", "a"] { try workspace.write(npy(shape: [3, 5, 6]), to: "set/\(name).npy") }
    let found = try failure { _ = try open("set") }
    #expect(found.problem.contains("2 arrays, a.npy, b.npy,") && found.remedy.contains("name one"))
    for name in ["c", "d"] { try workspace.write(npy(shape: [3, 5, 6]), to: "set/\(name).npy") }
    #expect(try failure { _ = try open("set") }.problem.contains("4 arrays, a.npy, b.npy, c.npy, …,"))
  }

  @Test func imagesBesideAnArray() throws {
    try workspace.write(npy(shape: [3, 5, 6]), to: "set/images.npy")
    try workspace.writeImage(0, to: "set/preview.png")
    let array = try open("set")
    #expect(array is ArrayImages && array.passedOver.summary.contains("1 image (beside a set in files"))
    for number in 0..<4 { try workspace.writeImage(number, to: "set/\(number).png") }
    #expect(try open("set") is ImageFolder)
    // Features of images are no images, and lose against these.
    try workspace.write(npy(shape: [3, 50]), to: "set/images.npy")
    #expect(try open("set").count == 5)
    try workspace.writeImage(0, to: "classes/cat/0.png")
    try workspace.write(npy(shape: [3, 5, 6]), to: "classes/images.npy")
    #expect(try open("classes") is ImageFolder)
  }

  @Test func describesStoredValues() throws {
    let values: [Float] = [-1000, 0, .nan, 0.5, 7, 3000, 1, 2, 3, 4, 5, .infinity]
    try workspace.write(npy(shape: [1, 1, 6, 2], values: values), to: "set.npy")
    let statistics = try DatasetSurvey(of: open("set.npy")).run()
    let stored = try #require(statistics.storedValues.first)
    #expect(stored.channels == 2 && stored.images == 1 && stored.missing == 2)
    #expect(stored.minimum == [-1000, 0] && stored.maximum == [7, 3000])
    let encoding = try #require(statistics.encodings.first)
    #expect(encoding.format == "raw" && encoding.channels == 2 && encoding.depth == 32)
    #expect(statistics.pages.map { [$0.pages, $0.images] } == [[1, 1]])
    #expect(abs(statistics.channels[0].mean[0] - (-984.0 / 6)) < 1e-9)

    var options = LoadingOptions()
    options.decoding.range = SampleRange(low: -1000, high: 3000)
    let mapped = try DatasetSurvey(of: open("set.npy"), options: options).run()
    // The range moves means, not what is stored.
    #expect(mapped.storedValues == statistics.storedValues && mapped.channels != statistics.channels)

    try workspace.write(npy(shape: [2, 1, 6], values: Array(repeating: .nan, count: 12)), to: "none.npy")
    let none = try DatasetSurvey(of: open("none.npy")).run()
    #expect(none.storedValues.map(\.missing) == [12] && none.storedValues.map(\.minimum) == [[nil]])
    #expect(none.storedValues.map(\.images) == [2])
    #expect(none.duplicates.count == 1)

    let folder = try workspace.makeSet("photos", count: 4)
    #expect(try DatasetSurvey(of: folder).run().storedValues.isEmpty)
  }
}
