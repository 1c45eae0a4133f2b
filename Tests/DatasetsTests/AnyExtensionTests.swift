import Datasets
import Foundation
import Platform
import Testing

/// Files whose names do not say that they are images.
struct AnyExtensionTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func open(anyExtension: Bool) throws -> any ImageSource {
    try ImageSources.open(
      workspace.path("set"), options: SourceOptions(layout: FileLayout(anyExtension: anyExtension)))
  }

  @Test func areFoundWhenAskedFor() throws {
    try workspace.writeImage(1, to: "set/a/1.png")
    try workspace.writeImage(2, to: "set/a/download")
    try workspace.writeImage(3, to: "set/b/scan.dat")
    try workspace.writeImage(4, to: "set/b/.hidden")
    try workspace.writeText("a caption", to: "set/b/notes.txt")
    try workspace.writeText("", to: "set/b/empty")
    try workspace.link("set/b/link", to: workspace.path("set/a/download"))
    let named = try open(anyExtension: false)
    #expect(named.count == 1)
    let all = try open(anyExtension: true)
    #expect(
      (0..<all.count).map { all.location(of: $0) }
        == ["a/1.png", "a/download", "b/link", "b/scan.dat"].map { workspace.path("set/" + $0) })
    #expect((0..<all.count).map { all.label(of: $0) } == [0, 0, 1, 1])
    #expect(try all.image(at: 2) == image(2) && all.image(at: 3) == image(3))
    #expect(
      Dictionary(all.passedOver.entries.map { ($0.kind, $0.count) }, uniquingKeysWith: +)
        == [".txt": 1, "without extension": 1, "hidden": 1])
  }
}
