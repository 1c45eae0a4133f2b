import Datasets
import Foundation
import Imaging
import Platform
import Testing

/// Which members of an archive are images, which are their labels, and what is said of the others.
struct ShardMembersTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func open(_ members: [(String, [UInt8])], links: [(name: String, link: String)] = [])
    throws -> TarShards
  {
    try workspace.write(tar(members.map { (name: $0.0, bytes: $0.1) }, links: links), to: "a.tar")
    return try #require(try ImageSources.open(workspace.path("a.tar")) as? TarShards)
  }

  private func png(_ number: Int) throws -> [UInt8] { [UInt8](try PNGEncoder.encode(image(number))) }

  private func cls(_ name: String) -> [UInt8] { Array(name.utf8) }

  /// Path in the archive, first pixel and class of every image.
  private func rows(_ set: TarShards) throws -> [String] {
    try (0..<set.count).map { index in
      let label = set.label(of: index).map { set.classNames[$0] } ?? "–"
      return set.location(of: index).dropFirst(set.path.count + 1)
        + " \(try set.image(at: index).pixels[0]) \(label)"
    }
  }

  private func said(_ set: TarShards) -> [String] {
    set.passedOver.entries.map { "\($0.count) \($0.kind)\($0.isImageLike ? "!" : "")" }
  }

  @Test func labelsAreFoundWhereverTheyLie() throws {
    let images = try (0..<3).map { (number: Int) -> (String, [UInt8]) in ("\(number).png", try png(number)) }
    let labels = (0..<3).map { (number: Int) -> (String, [UInt8]) in ("\(number).cls", cls("c\(number)")) }
    let apart = try open(images + labels)
    #expect(try rows(apart) == ["0.png 0 c0", "1.png 1 c1", "2.png 2 c2"] && apart.passedOver.isEmpty)
    let mixed = try open([
      ("0.cls", cls("a")), ("1.png", try png(1)), ("0.png", try png(0)),
      ("1.json", cls("{\"label\": \" b \"}")),
      ("2.png", try png(2)), ("9.cls", cls("lost")),
    ])
    #expect(try rows(mixed) == ["1.png 1 b", "0.png 0 a", "2.png 2 –"])
    #expect(said(mixed) == ["1 labels"])
  }

  @Test func furtherDotsCountWhereAKeyHasNothingPlain() throws {
    let set = try open([
      ("0.input.png", try png(0)), ("0.cls", cls("a")), ("1.v2.png", try png(1)), ("1.png", try png(11)),
      ("1.cls", cls("b")), ("2.left.png", try png(2)), ("2.right.png", try png(22)), ("2.note.cls", cls("c")),
      ("3.png", try png(3)), ("3.note.cls", cls("wrong")), ("3.cls", cls("a")),
      ("3.meta.json", cls("no JSON")),
    ])
    #expect(try rows(set) == ["0.input.png 0 a", "1.png 11 b", "2.left.png 2 c", "3.png 3 a"])
    #expect(said(set) == ["2 further images of a sample!", "1 .json"])
  }

  @Test func theLaterOfOneNameCounts() throws {
    let set = try open([
      ("0.png", try png(0)), ("0.cls", cls("a")), ("1.png", try png(1)), ("0.png", try png(9)),
      ("0.cls", cls("b")),
    ])
    #expect(try rows(set) == ["1.png 1 –", "0.png 9 b"])
    #expect(said(set) == ["2 repeated members"])
  }

  @Test func whatIsNotReadIsCounted() throws {
    let set = try open(
      [
        ("0.png", try png(0)), ("1.jxl", cls("none")), ("2.PSD", cls("II")), ("0.txt", cls("a caption")),
        ("._0.png", cls("Finder")), ("readme", cls("text")),
      ], links: [("3.png", "0.png"), ("notes", "readme")])
    #expect(try rows(set) == ["0.png 0 –"])
    #expect(Set(said(set)) == ["1 .jxl!", "1 .psd!", "1 links!", "1 .txt", "2 hidden or without extension"])
    #expect(set.passedOver.entries[0].example.hasPrefix(workspace.path("a.tar#")))
    let none = try failure { _ = try open([("1.jxl", cls("none"))]) }
    #expect(none.problem.contains("no images") && none.problem.contains("1 .jxl (not read"))
  }

  @Test(arguments: [
    ("a.tar.gz", "gunzip"), ("a.TGZ", "gunzip"), ("a.tar.bz2", "bunzip2"), ("a.tar.zst", "unzstd"),
    ("a.zip", "unzip"),
  ])
  func packedArchivesAreNamed(name: String, tool: String) throws {
    try workspace.writeText("?", to: name)
    let found = try failure { _ = try ImageSources.open(workspace.path(name)) }
    #expect(found.problem.contains("compressed archive") && found.remedy.contains(tool))
  }

  @Test func linesOfOneNameAreOneClass() throws {
    try workspace.writeText("tench\ncrane\nmaillot\ncrane\n", to: "classes.txt")
    let members = try (0..<4).flatMap { (number: Int) -> [(String, [UInt8])] in
      [("\(number).png", try png(number)), ("\(number).cls", cls("\(number)"))]
    }
    let set = try open(members + [("4.png", try png(4)), ("4.cls", cls("crane"))])
    #expect(set.classNames == ["tench", "crane", "maillot"])
    #expect((0..<5).map { set.label(of: $0) } == [0, 1, 2, 1, 1])
    #expect(said(set) == ["1 lines of classes.txt"])
  }

  @Test func numbersOfOneValueAreOneClass() throws {
    let labels = ["1", "1.0", "2", "10"]
    let members = try labels.enumerated().flatMap { (number, label) -> [(String, [UInt8])] in
      [("\(number).png", try png(number)), ("\(number).cls", cls(label))]
    }
    let set = try open(members)
    #expect(set.classNames == ["1", "2", "10"] && (0..<4).map { set.label(of: $0) } == [0, 0, 1, 2])
  }
}
