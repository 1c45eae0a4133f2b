import Datasets
import Foundation
import Imaging
import Platform
import Records
import Testing

/// What lies at a path and is no image of the set is counted and said.
struct PassedOverTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func open(_ name: String, _ options: SourceOptions = SourceOptions()) throws -> any ImageSource {
    try ImageSources.open(workspace.path(name), options: options)
  }

  private func counts(_ source: any ImageSource) -> [String: Int] {
    Dictionary(source.passedOver.entries.map { ($0.kind, $0.count) }, uniquingKeysWith: +)
  }

  @Test func countsByExtensionAndReason() throws {
    let files = [
      "a/1.png", "a/2.jpe", "b/3.JFI", "b/x.psd", "b/y.PSD", "b/deep/z.jxl", "a/notes.txt", "a/bare",
      "a/.4.png",
      "b/pack.tar", "b/more.tar.gz", "a/film.MP4",
    ]
    for file in files { try workspace.writeText("", to: "set/" + file) }
    let set = try open("set")
    #expect(set.count == 3)
    #expect(
      counts(set) == [
        ".psd": 2, ".jxl": 1, ".txt": 1, "without extension": 1, "hidden": 1, ".tar": 1, ".tar.gz": 1,
        ".mp4": 1,
      ])
    #expect(set.passedOver.imageLikeCount == 3)
    #expect(set.passedOver.summary.hasPrefix("2 .psd, 1 .jxl (not read; convert to PNG or JPEG), "))
    #expect(set.passedOver.entries[0].example == workspace.path("set/b/x.psd"))
    let line = try #require(set.passedOver.line)
    #expect(
      line.hasPrefix("passed over: 2 .psd") && line.hasSuffix("such as " + workspace.path("set/b/x.psd")))
    #expect(
      try JSONDecoder().decode(PassedOver.self, from: JSONEncoder().encode(set.passedOver)) == set.passedOver)
    #expect(SubsetImages(set, indices: [0]).passedOver == set.passedOver)
    #expect(try MixedImages([set, set]).passedOver.imageLikeCount == 6)
  }

  @Test func theCacheOfListingsKeepsTheCounts() throws {
    for file in ["a/1.png", "a/x.psd", "b/y.psd", "b/.vitrail", "c/2.png"] {
      try workspace.writeText(file.hasSuffix(".vitrail") ? ".\n" : "", to: "set/" + file)
    }
    let cache = FolderIndexCache(folder: workspace.path("cache"), threshold: 1, margin: 1)
    usleep(50_000)
    let first = try ImageFolder(path: workspace.path("set"), cache: cache)
    let second = try ImageFolder(path: workspace.path("set"), cache: cache)
    #expect(first.listedFolderCount == 4 && second.listedFolderCount == 0)
    #expect(counts(second) == [".psd": 1, "folder of results": 1])
    #expect(first.passedOver == second.passedOver)
  }

  @Test func aSetOfNoneButSuchFilesSaysSoInALine() throws {
    try workspace.writeText("", to: "set/a.psd")
    try workspace.writeText("", to: "set/b.jxl")
    let found = try failure { _ = try open("set") }
    #expect(found.problem.contains("1 .jxl, 1 .psd (not read; convert to PNG or JPEG)"))
    #expect(!"\(found)".contains("idx3"))
  }

  @Test func tooManyAreAnError() throws {
    for number in 0..<19 { try workspace.writeText("", to: "set/\(number).png") }
    try workspace.writeText("", to: "set/x.psd")
    #expect(try open("set", SourceOptions(maximumBad: 0.05)).count == 19)
    try workspace.writeText("", to: "set/y.tga")
    let found = try failure { _ = try open("set", SourceOptions(maximumBad: 0.05)) }
    #expect(
      found.problem.contains("2 of 21") && found.problem.contains(".tga")
        && found.remedy.contains("--max-bad"))
    #expect(try open("set", SourceOptions(maximumBad: 0.2)).count == 19)
    #expect(try open("set").count == 19)
  }

  @Test func manyKindsAreSummedUp() throws {
    try workspace.writeText("", to: "set/a.png")
    for number in 0..<200 { try workspace.writeText("", to: "set/f.k\(number)") }
    let entries = try open("set").passedOver.entries
    #expect(entries.count == 12 && entries.reduce(0) { $0 + $1.count } == 200)
  }

  @Test func oneFileIsWhatItsContentSays() throws {
    try workspace.writeImage(3, to: "picture.dat")
    let one = try open("picture.dat")
    #expect(one.count == 1 && one.classNames.isEmpty)
    #expect(try one.image(at: 0) == image(3))
    for (bytes, format) in [
      ([0, 0, 0, 0x0C] + Array("jP  ".utf8), "JPEG 2000"), ([0xFF, 0x0A, 0, 0], "JPEG XL"),
      (Array("8BPS0000".utf8), "Photoshop"),
    ] {
      try workspace.write(bytes, to: "cat.jxl")
      let found = try failure { _ = try open("cat.jxl") }
      #expect(found.problem.contains("a \(format) image") && found.place.hasSuffix("cat.jxl"))
    }
    try workspace.writeText("", to: "empty.jpg")
    #expect(try failure { _ = try open("empty.jpg") }.problem.contains("empty file"))
  }

  @Test func anEmptyPathIsNoFolder() throws {
    #expect(try failure { _ = try ImageSources.open("") }.problem.contains("empty path"))
  }
}
