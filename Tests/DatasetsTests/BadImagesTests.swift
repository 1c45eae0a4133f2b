import Datasets
import Foundation
import Platform
import Testing

struct BadImagesTests {
  private let workspace: Workspace
  private let folder: ImageFolder
  private var list: URL { URL(filePath: workspace.path("run-bad-images.txt")) }

  init() throws {
    workspace = try Workspace()
    for name in ["a\tb\\\nc.png", "d.png", "e.png", "f.png"] {
      try workspace.writeText("", to: "set/" + name)
    }
    folder = try ImageFolder(path: workspace.path("set"))
  }

  private func text() throws -> String { try String(contentsOf: list, encoding: .utf8) }

  private let reason = Failure("two\nlines", at: "somewhere", mend: "")

  @Test func listsEachOnceAlsoAfterResuming() throws {
    let first = try BadImages(in: folder, file: list, maximumShare: 1)
    #expect(first.count == 0 && first.fraction == 0)
    #expect(!FileManager.default.fileExists(atPath: list.path))
    try first.record(0, reason)
    try first.record(2, reason)
    try first.record(0, reason)
    let root = workspace.path("set")
    let expected = "\(root)/a\\tb\\\\\\nc.png\ttwo\\nlines\n\(root)/e.png\ttwo\\nlines\n"
    #expect(try text() == expected)
    #expect(first.count == 2 && first.fraction == 0.5)

    let second = try BadImages(in: folder, file: list, maximumShare: 1)
    #expect(
      second.entries.map(\.index) == [0, 2] && second.entries.map(\.reason) == ["two\nlines", "two\nlines"])
    try second.record(2, reason)
    #expect(try text() == expected)
    try second.record(1, reason)
    #expect(try text() == expected + "\(root)/d.png\ttwo\\nlines\n" && second.count == 3)
  }

  @Test func aLineCutShortIsTakenAway() throws {
    let root = workspace.path("set")
    try "\(root)/d.png\tbad\n\(root)/e.p".write(to: list, atomically: true, encoding: .utf8)
    let register = try BadImages(in: folder, file: list, maximumShare: 1)
    #expect(register.entries.map(\.index) == [1])
    try register.record(2, reason)
    #expect(try text() == "\(root)/d.png\tbad\n\(root)/e.png\ttwo\\nlines\n")
  }

  @Test func moreThanTheShareIsAFailure() throws {
    let register = try BadImages(in: folder, file: list, maximumShare: 0.5)
    try register.record(0, reason)
    try register.record(1, reason)
    let found = try failure { try register.record(3, reason) }
    #expect(found.problem.hasPrefix("3 of 4 images") && found.remedy.contains("--max-bad"))
    #expect(found.place == list.path)
    #expect(try text().split(separator: "\n").count == 3)
    let strict = try BadImages(in: folder, maximumShare: 0)
    let first = try failure { try strict.record(3, reason) }
    #expect(first.problem.hasPrefix("1 of 4 images") && first.place == folder.path)
  }

  @Test func aListThatCannotBeWrittenIsAFailure() throws {
    let register = try BadImages(in: folder, file: URL(filePath: workspace.path("missing/list.txt")))
    #expect(try failure { try register.record(0, reason) }.place.hasSuffix("missing/list.txt"))
    #expect(throws: Failure.self) { try BadImages(in: folder, file: URL(filePath: workspace.path("set"))) }
  }
}
