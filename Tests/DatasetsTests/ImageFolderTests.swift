import Datasets
import Foundation
import Imaging
import Platform
import Testing

struct ImageFolderTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  /// What is found below `set`, as paths below it.
  private func names(_ folder: ImageFolder) -> [String] {
    (0..<folder.count).map { String(folder.location(of: $0).dropFirst(folder.path.count + 1)) }
  }

  @Test func ordersByPathBytesAndNamesClassesByFirstLevel() throws {
    let files = [
      "a/z.png", "a/B.JPG", "a/deep/deeper/x.jpeg", "a-b/1.JFIF", "a.png", "b/2.Png", "é/3.png", "Z/4.jpg",
    ]
    for file in files + ["a/note.txt", "empty/readme.md", "a/png", "a/.png", "a/xpng", "a/x.png.bak"] {
      try workspace.writeText("", to: "set/" + file)
    }
    try workspace.writeText("", to: "set/.hidden/5.png")
    try workspace.writeText("", to: "set/a/.6.png")
    try workspace.makeFolder("set/folder.png")
    let folder = try ImageFolder(path: workspace.path("set"))
    let expected = files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(names(folder) == expected)
    #expect(folder.classNames == ["Z", "a", "a-b", "b", "é"])
    for index in 0..<folder.count {
      let parts = expected[index].split(separator: "/")
      #expect(
        folder.label(of: index) == (parts.count == 1 ? nil : folder.classNames.firstIndex(of: "\(parts[0])")))
    }
  }

  @Test func withoutSubfoldersNothingIsLabelled() throws {
    try workspace.writeImage(1, to: "flat/1.png")
    try workspace.writeImage(0, to: "flat/0.png")
    try workspace.makeFolder("flat/nothing")
    let folder = try #require(try ImageSources.open(workspace.path("flat/")) as? ImageFolder)
    #expect(folder.classNames.isEmpty && folder.label(of: 0) == nil && folder.label(of: 1) == nil)
    #expect(try folder.image(at: 0, options: DecodeOptions()) == image(0))
    #expect(try folder.image(at: 1, options: DecodeOptions()) == image(1))
    #expect(throws: Failure.self) { try folder.image(at: 0, options: DecodeOptions(maximumPixels: 63)) }
  }

  @Test func aNamedSplitIsTheRoot() throws {
    for split in ["train", "test"] {
      for name in ["cat", "dog"] { try workspace.writeText("", to: "set/\(split)/\(name)/\(split).png") }
    }
    #expect(try ImageSources.open(workspace.path("set/train")).classNames == ["cat", "dog"])
    let test = try ImageSources.open(workspace.path("set"), split: .test)
    #expect(test.classNames == ["cat", "dog"] && test.location(of: 0).hasSuffix("set/test/cat/test.png"))
    let unnamed = try ImageSources.open(workspace.path("set"))
    #expect(unnamed.path == workspace.path("set/train"))
    #expect(unnamed.passedOver.summary.contains("folder test/ (train/ was taken here"))
    // `train` alone is a class like any other (trains, for one).
    #expect(try ImageSources.open(workspace.path("set/train"), split: .test).count == 2)
    try workspace.writeText("", to: "alone/train/1.png")
    #expect(try ImageSources.open(workspace.path("alone")).classNames == ["train"])
  }

  @Test func followsLinksButNotInCircles() throws {
    try workspace.writeImage(3, to: "elsewhere/x.png")
    try workspace.writeImage(4, to: "set/a/4.png")
    try workspace.link("set/a/3.png", to: workspace.path("elsewhere/x.png"))
    try workspace.link("set/a/dangling.png", to: "nowhere")
    try workspace.link("set/b", to: workspace.path("elsewhere"))
    try workspace.link("set/a/up", to: "../../set")
    try workspace.link("set/self", to: ".")
    let folder = try ImageFolder(path: workspace.path("set"))
    #expect(names(folder) == ["a/3.png", "a/4.png", "a/dangling.png", "b/x.png"])
    #expect(folder.classNames == ["a", "b"])
    #expect(try folder.image(at: 0, options: DecodeOptions()) == image(3))
    #expect(throws: Failure.self) { try folder.image(at: 2, options: DecodeOptions()) }
  }

  @Test func saysWhatIsWrongWithAPath() throws {
    let missing = try failure { _ = try ImageSources.open(workspace.path("missing")) }
    #expect(missing.problem.contains("No such file") && missing.place == workspace.path("missing"))
    try workspace.makeFolder("empty/below")
    let empty = try failure { _ = try ImageSources.open(workspace.path("empty")) }
    #expect(
      empty.problem.contains("no images") && empty.remedy.contains("idx3") && empty.remedy.contains(".png"))
    try workspace.writeText("hello", to: "file.doc")
    let file = try failure { _ = try ImageSources.open(workspace.path("file.doc")) }
    #expect(file.remedy.contains("idx3") && file.remedy.contains(".png"))
  }

  /// The superuser may read everything, so that there the folder opens.
  @Test func aFolderThatMustNotBeReadIsAFailure() throws {
    try workspace.writeImage(0, to: "locked/a/0.png")
    let locked = workspace.path("locked/a")
    #expect(chmod(locked, 0) == 0)
    defer { chmod(locked, 0o755) }
    if geteuid() == 0 {
      #expect(try ImageFolder(path: workspace.path("locked")).count == 1)
    } else {
      let found = try failure { _ = try ImageFolder(path: workspace.path("locked")) }
      #expect(found.place.hasPrefix(locked) && found.remedy.contains("permissions"))
    }
  }

  @Test func listsManyFilesQuickly() throws {
    for folder in 0..<5 {
      try workspace.makeFolder("many/\(folder)")
      for file in 0..<1000 {
        let descriptor = open(workspace.path("many/\(folder)/\(file).png"), O_CREAT | O_WRONLY, 0o644)
        #expect(descriptor >= 0)
        close(descriptor)
      }
    }
    var count = 0
    let time = try ContinuousClock().measure { count = try ImageFolder(path: workspace.path("many")).count }
    #expect(count == 5000)
    // 100,000 in 2 s.
    #expect(time <= .milliseconds(100))
  }

  @Test func everySourceDescribesItself() throws {
    let names = ImageSources.all.map { $0.name }
    #expect(names == ["bands", "image", "list", "idx", "cifar", "array", "shards", "folder"])
    for source in ImageSources.all { #expect(!source.summary.isEmpty && !source.source.isEmpty) }
  }
}
