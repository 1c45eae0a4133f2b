import Datasets
import Foundation
import Platform
import Testing

struct FolderIndexCacheTests {
  private let workspace: Workspace
  /// Folders count as settled after 20 ms: far more than the steps of this machine's file times.
  private let cache: FolderIndexCache
  private var set: String { workspace.path("set") }

  init() throws {
    workspace = try Workspace()
    cache = FolderIndexCache(folder: workspace.path("cache/index"), threshold: 1, margin: 20_000_000)
  }

  private func settle() { usleep(50_000) }

  private func touch(_ names: String...) throws {
    for name in names { try workspace.writeText("", to: "set/" + name) }
  }

  private func paths(_ folder: ImageFolder) -> [String] {
    (0..<folder.count).map { "\(folder.location(of: $0)) \(folder.label(of: $0) ?? -1)" } + folder.classNames
  }

  /// Opens with the cache and expects what a fresh walk finds.
  @discardableResult
  private func expectFresh(
    _ cache: FolderIndexCache? = nil, listed: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> ImageFolder {
    let found = try ImageFolder(path: set, cache: cache ?? self.cache)
    #expect(paths(found) == paths(try ImageFolder(path: set, cache: nil)), sourceLocation: sourceLocation)
    if let listed { #expect(found.listedFolderCount == listed, sourceLocation: sourceLocation) }
    return found
  }

  @Test func listsAgainOnlyWhatChanged() throws {
    try touch("top.png", "a/1.png", "a/deep/2.png", "b/3.png", "a-b/4.png")
    settle()
    try expectFresh(listed: 5)
    try expectFresh(listed: 0)
    try touch("a/deep/5.png")
    settle()
    #expect(try expectFresh(listed: 1).count == 6)
    try FileManager.default.removeItem(atPath: workspace.path("set/b/3.png"))
    settle()
    #expect(try expectFresh(listed: 1).classNames == ["a", "a-b"])
    #expect(rename(workspace.path("set/a/1.png"), workspace.path("set/a/0.png")) == 0)
    settle()
    try expectFresh(listed: 1)
    try FileManager.default.removeItem(atPath: workspace.path("set/a"))
    settle()
    #expect(try expectFresh(listed: 1).classNames == ["a-b"])
    try expectFresh(listed: 0)
  }

  /// Programs that unpack archives set the times of folders back to what they were.
  @Test func timesThatAreSetBackHideNothing() throws {
    try touch("a/1.png")
    settle()
    try expectFresh(listed: 2)
    var before = stat()
    #expect(stat(workspace.path("set/a"), &before) == 0)
    try touch("a/2.png")
    let times = [before.st_atim, before.st_mtim]
    #expect(utimensat(AT_FDCWD, workspace.path("set/a"), times, 0) == 0)
    var after = stat()
    #expect(stat(workspace.path("set/a"), &after) == 0)
    #expect(after.st_mtim.tv_sec == before.st_mtim.tv_sec && after.st_mtim.tv_nsec == before.st_mtim.tv_nsec)
    settle()
    #expect(try expectFresh(listed: 1).count == 2)
  }

  /// Two changes may fall into one step of the clock of files.
  @Test func recentFoldersAreListedAlways() throws {
    let careful = FolderIndexCache(
      folder: workspace.path("cache/index"), threshold: 1, margin: 3_600_000_000_000)
    for number in 0..<100 {
      try touch("a/\(number).png")
      #expect(try expectFresh(careful, listed: 2).count == number + 1)
    }
  }

  @Test func foldersThatTakeEachOthersPlaceAreSeen() throws {
    try touch("a/x/1.png", "b/x/2.png")
    settle()
    try expectFresh(listed: 5)
    #expect(rename(workspace.path("set/a"), workspace.path("set/c")) == 0)
    #expect(rename(workspace.path("set/b"), workspace.path("set/a")) == 0)
    #expect(rename(workspace.path("set/c"), workspace.path("set/b")) == 0)
    settle()
    #expect(try expectFresh().location(of: 0).hasSuffix("a/x/2.png"))
  }

  /// What a link leads to changes without a trace in the folder of the link.
  @Test func linksAreFollowedEachTime() throws {
    try touch("a/1.png")
    try workspace.link("set/a-link.png", to: workspace.path("target"))
    try workspace.link("set/a/up", to: "..")
    settle()
    #expect(try expectFresh().count == 2)
    try workspace.writeText("", to: "target/2.png")
    settle()
    let found = try expectFresh()
    #expect(found.count == 2 && found.classNames == ["a", "a-link.png"])
    try FileManager.default.moveItem(atPath: workspace.path("target"), toPath: workspace.path("gone"))
    try workspace.writeText("", to: "other/3.png")
    try workspace.link("target", to: "other")
    #expect(try expectFresh().location(of: 0).hasSuffix("a-link.png/3.png"))
  }

  /// Random changes in nested folders, in quick succession and slowly.
  @Test(arguments: 1...4 as ClosedRange<UInt64>) func staysEqualToAFreshWalk(seed: UInt64) throws {
    var state = seed
    func draw(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    let folders = ["", "a/", "a/b/", "a-b/", "a/b/c/", "d/"]
    func name() -> String { folders[draw(folders.count)] + "\(draw(6)).png" }
    try touch("keep.png")
    let files = FileManager.default
    for step in 0..<120 {
      switch draw(5) {
      case 0, 1: try touch(name())
      case 2: try? files.removeItem(atPath: workspace.path("set/" + name()))
      case 3:
        let target = name()
        try files.createDirectory(
          atPath: (workspace.path("set/" + target) as NSString).deletingLastPathComponent,
          withIntermediateDirectories: true)
        rename(workspace.path("set/" + name()), workspace.path("set/" + target))
      default:
        let folder = workspace.path("set/" + folders[1 + draw(folders.count - 1)])
        rename(folder, workspace.path("set/e"))
        if draw(2) == 0 { rename(workspace.path("set/e"), folder) }
        try? files.removeItem(atPath: workspace.path("set/e"))
      }
      if step % 5 == 0 { settle() }
      try expectFresh()
    }
  }

  @Test func damagedCachesAreIgnoredAndRewritten() throws {
    try touch("a/1.png", "b/2.png")
    settle()
    try expectFresh(listed: 3)
    let file = cache.file(for: set)
    let good = try Data(contentsOf: URL(filePath: file))
    func expectRewritten(_ bytes: Data, _ comment: Comment) throws {
      try bytes.write(to: URL(filePath: file))
      let found = try ImageFolder(path: set, cache: cache)
      #expect(found.count == 2 && found.listedFolderCount == 3, comment)
      #expect(try Data(contentsOf: URL(filePath: file)) == good, comment)
    }
    for count in 0..<good.count { try expectRewritten(good.prefix(count), "\(count) bytes") }
    for place in good.indices {
      var bytes = good
      bytes[place] ^= 0x40
      try expectRewritten(bytes, "byte \(place)")
    }
    try expectRewritten(good + [0], "one more byte")
    // The cache of another tree whose hash is the same.
    let other = FolderIndexCache(folder: workspace.path("cache/other"), threshold: 1, margin: 20_000_000)
    try workspace.writeText("", to: "elsewhere/1.png")
    settle()
    _ = try ImageFolder(path: workspace.path("elsewhere"), cache: other)
    try expectRewritten(
      try Data(contentsOf: URL(filePath: other.file(for: workspace.path("elsewhere")))), "another tree")
    try expectFresh(listed: 0)
  }

  /// A claim beyond the file is no cause to take memory, even when the checksum is right.
  @Test func hugeClaimsAreIgnored() throws {
    try touch("a/1.png")
    settle()
    try expectFresh()
    let file = cache.file(for: set)
    let head = try Data(contentsOf: URL(filePath: file)).prefix(12 + set.utf8.count)
    for claim in [[UInt8](repeating: 0xff, count: 44), [UInt8](repeating: 0x7f, count: 44)] {
      var bytes = head + claim
      bytes += withUnsafeBytes(of: crc32(bytes).littleEndian) { Array($0) }
      try bytes.write(to: URL(filePath: file))
      try expectFresh(listed: 2)
    }
  }

  private func crc32(_ bytes: Data) -> UInt32 {
    ~bytes.reduce(~0 as UInt32) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xedb8_8320 : rest >> 1 }
    }
  }

  @Test func smallTreesAndUnwritablePlacesDoWithout() throws {
    try touch("a/1.png", "a/2.png")
    settle()
    let large = FolderIndexCache(folder: workspace.path("cache/index"), threshold: 3, margin: 20_000_000)
    try expectFresh(large, listed: 2)
    #expect(!FileManager.default.fileExists(atPath: large.file(for: set)))
    try workspace.writeText("", to: "file")
    for _ in 0..<2 {
      try expectFresh(
        FolderIndexCache(folder: workspace.path("file/index"), threshold: 1, margin: 1), listed: 2)
    }
  }

  @Test func thePlaceIsTheUsers() {
    #expect(FolderIndexCache.standard(["XDG_CACHE_HOME": "/x", "HOME": "/h"])?.folder == "/x/vitrail/index")
    #expect(
      FolderIndexCache.standard(["XDG_CACHE_HOME": "", "HOME": "/h"])?.folder == "/h/.cache/vitrail/index")
    #expect(
      FolderIndexCache.standard(["XDG_CACHE_HOME": "x", "HOME": "/h"])?.folder == "/h/.cache/vitrail/index")
    #expect(FolderIndexCache.standard([:]) == nil)
    #expect(FolderIndexCache.standard(["HOME": "/h", "VITRAIL_INDEX_CACHE": "off"]) == nil)
    #expect(FolderIndexCache.standard(["HOME": "/h"])?.threshold == 10_000)
    #expect(FolderIndexCache.standard(["HOME": "/h"])?.margin == 2_000_000_000)
    // FNV-1a of "a", from the authors' test vectors.
    #expect(FolderIndexCache(folder: "/c").file(for: "a") == "/c/af63dc4c8601ec8c.idx")
  }
}
