import Datasets
import Foundation
import Platform
import Testing

/// What the product writes is never data.
struct OutputMarksTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    try workspace.writeImage(0, to: "set/a/0.png")
    try workspace.writeImage(1, to: "set/b/1.png")
  }

  private func set() throws -> any ImageSource { try ImageSources.open(workspace.path("set")) }

  @Test func foldersOfResultsArePassedOver() throws {
    let folder = URL(filePath: workspace.path("set/out/evaluation"))
    try OutputMarks.createFolder(folder)
    try OutputMarks.createFolder(folder)
    try workspace.writeImage(2, to: "set/out/evaluation/deep/knn.png")
    let found = try set()
    #expect(found.count == 2 && found.classNames == ["a", "b"])
    #expect(found.passedOver.summary.hasPrefix("1 folder of results (written by vitrail"))
    // Whoever names the folder wants it.
    #expect(try ImageSources.open(folder.path).count == 1)
  }

  @Test func aFolderOfTheUsersStaysHis() throws {
    try OutputMarks.createFolder(URL(filePath: workspace.path("set/a")))
    OutputMarks.note(URL(filePath: workspace.path("set/a/sheet\n1.png")))
    try workspace.writeImage(3, to: "set/a/sheet\n1.png")
    OutputMarks.note(URL(filePath: workspace.path("set/a/grid.png")))
    OutputMarks.note(URL(filePath: workspace.path("set/a/grid.png")))
    try workspace.writeImage(4, to: "set/a/grid.png")
    let found = try set()
    #expect(
      found.count == 2 && found.passedOver.summary.hasPrefix("2 pictures of results (written by vitrail"))
    let marks = OutputMarks(in: Array(workspace.path("set/a/").utf8))
    #expect(!marks.isWhole && marks.names == [Array("sheet\n1.png".utf8), Array("grid.png".utf8)])
  }

  /// Runs of before there were marks.
  @Test(arguments: ["metrics.jsonl", "checkpoints/step-00000001.safetensors"])
  func foldersOfRunsAreKnownByTheirFiles(log: String) throws {
    for file in ["recipe.yaml", log] { try workspace.writeText("", to: "set/runs/x/" + file) }
    try workspace.writeImage(2, to: "set/runs/x/reconstructions/step-00000001.png")
    let found = try set()
    #expect(found.count == 2 && found.passedOver.summary.hasPrefix("1 folder of a run (written by vitrail"))
    #expect(try ImageSources.open(workspace.path("set/runs/x/reconstructions")).count == 1)
    // The data may lie in the folder of the run itself.
    try workspace.writeText("", to: "set/runs/x/cat/recipe.txt")
    try workspace.writeImage(5, to: "set/runs/x/cat/5.png")
    let inside = try ImageSources.open(workspace.path("set/runs/x"))
    #expect(inside.count == 1 && inside.classNames == ["cat"])
    #expect(inside.passedOver.summary.contains("1 folder of results (written by vitrail"))
    // A recipe of the kitchen.
    try workspace.writeText("", to: "set/b/recipe.yaml")
    #expect(try set().count == 2)
  }
}
