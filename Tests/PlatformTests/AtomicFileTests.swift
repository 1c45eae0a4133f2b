import Foundation
import Platform
import Testing

@Suite("Atomic files")
final class AtomicFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "vitrail-atomic-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  private func url(_ name: String) -> URL { folder.appending(path: name) }

  private func text(_ name: String) throws -> String { try String(contentsOf: url(name), encoding: .utf8) }

  @Test(arguments: [true, false])
  func aFileIsWrittenAndReplaced(_ durably: Bool) throws {
    try AtomicFile.write(Data("old and longer".utf8), to: url("a"), durably: durably)
    #expect(try text("a") == "old and longer")
    try AtomicFile.write(Data("new".utf8), to: url("a"), durably: durably)
    #expect(try text("a") == "new")
    try AtomicFile.write(Data(), to: url("a"), durably: durably)
    #expect(try text("a").isEmpty && names == ["a"])
  }

  @Test func piecesFollowOneAnother() throws {
    var whole = Data()
    try AtomicFile.write(to: url("a")) { (append) throws(Failure) in
      for count in [0, 1, 70_000, 0, 3, 1 << 20] {
        // A slice begins elsewhere than at 0.
        let piece = Data((0..<count + 5).map { UInt8(truncatingIfNeeded: $0 &* 31) })[5...]
        whole += piece
        try append(piece)
      }
    }
    #expect(try Data(contentsOf: url("a")) == whole && whole.count == 70_004 + 1 << 20)
  }

  @Test func theOldFileStaysUntilTheNewOneIsWhole() throws {
    try AtomicFile.write(Data("old".utf8), to: url("a"))
    var seen: [String?] = []
    try AtomicFile.write(to: url("a")) { (append) throws(Failure) in
      try append(Data("half".utf8))
      seen.append(try? text("a"))
      try append(Data(" whole".utf8))
      seen.append(try? text("a"))
    }
    #expect(try seen == ["old", "old"] && text("a") == "half whole")
  }

  @Test func aBodyThatFailsLeavesNothing() throws {
    let stop = Failure("stopped", at: "here", mend: "go on")
    for old in [nil, "old"] as [String?] {
      if let old { try AtomicFile.write(Data(old.utf8), to: url("a")) }
      let failure = try #require(throws: Failure.self) {
        try AtomicFile.write(to: url("a")) { (append) throws(Failure) in
          try append(Data("half".utf8))
          throw stop
        }
      }
      #expect(failure == stop)
      #expect(names == (old == nil ? [] : ["a"]))
      if let old { #expect(try text("a") == old) }
    }
  }

  /// A reader beside a writer that alternates between two files, in pieces, reads one or the other.
  @Test func aReaderNeverSeesHalfAFile() async throws {
    let target = url("shared")
    let contents = [Data(repeating: 65, count: 300_000), Data(repeating: 66, count: 40_000)]
    try AtomicFile.write(contents[0], to: target)
    let end = Data("end".utf8)
    async let writing: Void = Self.alternate(contents, then: end, at: target)
    var whole = 0
    while true {
      let data = try Data(contentsOf: target)
      if data == end { break }
      try #require(contents.contains(data), "half a file: \(data.count) bytes")
      whole += 1
      await Task.yield()
    }
    try await writing
    #expect(whole > 0 && names == ["shared"])
  }

  private static func alternate(_ contents: [Data], then end: Data, at target: URL) async throws {
    for round in 0..<300 {
      let data = contents[round % 2]
      try AtomicFile.write(to: target, durably: false) { (append) throws(Failure) in
        for start in stride(from: 0, to: data.count, by: 10_000) { try append(data[start..<start + 10_000]) }
      }
      await Task.yield()
    }
    try AtomicFile.write(end, to: target)
  }

  @Test func whatTheSystemRefusesIsNamed() throws {
    let missing = try #require(throws: Failure.self) {
      try AtomicFile.write(Data(), to: url("missing/a"))
    }
    #expect(missing.problem.hasPrefix("cannot create the file: ") && missing.place == url("missing/a").path)
    #expect(missing.errorNumber == ENOENT && missing.remedy.contains("its folder must exist"))

    try FileManager.default.createDirectory(at: url("taken/inside"), withIntermediateDirectories: true)
    let taken = try #require(throws: Failure.self) { try AtomicFile.write(Data([1]), to: url("taken")) }
    #expect(
      taken.problem.hasPrefix("cannot put the finished file in place: ") && taken.place == url("taken").path)
    #expect(names == ["taken"], "no unfinished file stays")
  }

  @Test func filesThatBelongTogetherAppearTogetherOrNotAtAll() throws {
    try AtomicFile.write([(url("a"), Data("1".utf8)), (url("b"), Data("2".utf8))])
    #expect(try text("a") == "1" && text("b") == "2" && names == ["a", "b"])
    #expect(throws: Failure.self) {
      try AtomicFile.write([
        (url("a"), Data("3".utf8)), (url("new"), Data("4".utf8)), (url("missing/c"), Data("5".utf8)),
      ])
    }
    #expect(try text("a") == "1" && names == ["a", "b"])
    try AtomicFile.write([])
  }

  @Test func aLinkLeadsToItsTargetAndIsReplaced() throws {
    for name in ["one", "two"] { try AtomicFile.write(Data(name.utf8), to: url(name)) }
    for target in ["one", "two", "later"] {
      try AtomicFile.link(url("last"), to: target)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: url("last").path) == target)
    }
    #expect(throws: (any Error).self, "its target is still to come") { try text("last") }
    try AtomicFile.write(Data("late".utf8), to: url("later"))
    #expect(try text("last") == "late" && names == ["last", "later", "one", "two"])
  }

  @Test func aLinkTakesThePlaceOfAFileButNotOfAFolder() throws {
    try AtomicFile.write(Data("copy".utf8), to: url("last"))
    try AtomicFile.link(url("last"), to: "one")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: url("last").path) == "one")
    try AtomicFile.createFolder(url("folder"))
    for (link, name) in [(url("folder"), "folder"), (url("missing/last"), "last")] {
      let failure = try #require(throws: Failure.self) { try AtomicFile.link(link, to: "one") }
      #expect(failure.problem.hasPrefix("cannot create the link: ") && failure.place.hasSuffix(name))
    }
    #expect(names == ["folder", "last"], "no unfinished link stays")
  }

  /// The link goes, not what it led to.
  @Test func aFileTakesThePlaceOfALink() throws {
    try AtomicFile.write(Data("first".utf8), to: url("one"))
    try AtomicFile.link(url("last"), to: "one")
    try AtomicFile.write(Data("second".utf8), to: url("last"))
    #expect(try text("one") == "first" && text("last") == "second")
    #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: url("last").path)) == nil)
  }

  @Test func foldersAreCreatedWithThoseAboveThem() throws {
    try AtomicFile.createFolder(url("a/b/c"))
    try AtomicFile.createFolder(url("a/b/c"))
    var isFolder: ObjCBool = false
    #expect(
      FileManager.default.fileExists(atPath: url("a/b/c").path, isDirectory: &isFolder) && isFolder.boolValue)
    try AtomicFile.write(Data(), to: url("file"))
    for name in ["file", "file/below"] {
      let failure = try #require(throws: Failure.self) { try AtomicFile.createFolder(url(name)) }
      #expect(failure.problem.hasPrefix("cannot create the folder: "))
      #expect([EEXIST, ENOTDIR].contains(failure.errorNumber))
    }
  }

  @Test func unfinishedFilesAreRemovedAndNothingElse() throws {
    for name in ["a", "a.4711.partial", "partial", "b.partial.txt"] {
      try AtomicFile.write(Data(), to: url(name))
    }
    AtomicFile.removeUnfinished(in: folder)
    #expect(names == ["a", "b.partial.txt", "partial"])
    AtomicFile.removeUnfinished(in: url("missing"))
  }
}
