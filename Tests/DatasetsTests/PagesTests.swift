import Datasets
import Foundation
import Imaging
import Platform
import Records
import TestSupport
import Testing

/// Files with several pages as images, channels or first pages, wherever they lie.
@Suite(.enabled(if: ImageCodecs.formats.contains(.tiff), "built without its library")) struct PagesTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  /// A stack of pages of 2×2 pixels, of which page p has the sample `first` + p.
  private func writeStack(_ pages: Int, first: UInt8, to name: String) throws {
    var file = TIFFBytes()
    for page in 0..<pages {
      file.add(.eightBit([UInt8](repeating: first + UInt8(page), count: 4)), width: 2, height: 2)
      file.add(.eightBit([99]), width: 1, height: 1, isReduced: true)
    }
    try workspace.write(file.bytes, to: name)
  }

  private func writeSet() throws {
    try writeStack(3, first: 10, to: "set/a/stack.tif")
    try workspace.writeImage(1, to: "set/b/one.png")
    try writeStack(2, first: 20, to: "set/b/two.TIFF")
    try writeStack(1, first: 30, to: "set/b/z.tif")
  }

  private func open(_ name: String, _ pages: FileLayout.Pages = .images) throws -> any ImageSource {
    try ImageSources.open(workspace.path(name), options: SourceOptions(layout: FileLayout(pages: pages)))
  }

  private func samples(_ source: any ImageSource) throws -> [[UInt8]] {
    try (0..<source.count).map { Array(try source.image(at: $0).pixels.prefix(3)) }
  }

  @Test func eachPageIsAnImage() throws {
    try writeSet()
    let set = try open("set")
    #expect(
      (0..<set.count).map { set.location(of: $0) }
        == [
          "a/stack.tif#0", "a/stack.tif#1", "a/stack.tif#2", "b/one.png", "b/two.TIFF#0", "b/two.TIFF#1",
          "b/z.tif",
        ]
        .map { workspace.path("set/" + $0) })
    #expect((0..<set.count).map { set.label(of: $0) } == [0, 0, 0, 1, 1, 1, 1])
    let pixels = try samples(set)
    #expect([0, 1, 2, 4, 5, 6].map { pixels[$0][0] } == [10, 11, 12, 20, 21, 30])
    #expect(set.files(of: 2) == [workspace.path("set/a/stack.tif")])
    #expect(ImageSources.kind(of: set) == "folder")
    let record = DataRecord(of: set)
    #expect(record.filesSummary == "2 .tif (4 images), 1 .png, 1 .tiff (2 images)")
    #expect(record.images == 7 && record.classes == 2)
  }

  @Test func pagesAreChannelsOrTheFirstAlone() throws {
    try writeStack(3, first: 10, to: "set/stack.tif")
    let stacked = try open("set", .channels)
    #expect(try stacked.count == 1 && samples(stacked) == [[10, 11, 12]])
    #expect(try stacked.reader(at: 0, options: DecodeOptions()).channels == 3)
    let first = try open("set", .first)
    #expect(try first.count == 1 && samples(first) == [[10, 10, 10]])
    #expect(first.location(of: 0) == workspace.path("set/stack.tif"))
  }

  /// Each page's channels take the pairs that are theirs.
  @Test func pagesThatAreChannelsTakeTheirOwnRanges() throws {
    var file = TIFFBytes()
    file.add(.float([0, 10]), width: 2, height: 1)
    file.add(.float([100, 300]), width: 2, height: 1)
    try workspace.write(file.bytes, to: "set/stack.tif")
    let stacked = try open("set", .channels)
    var options = DecodeOptions()
    options.range = SampleRange([.init(low: 0, high: 10), .init(low: 100, high: 300)])
    #expect(try stacked.image(at: 0, options: options).samples == .float([0, 0, 1, 1]))
    options.range = SampleRange(low: 0, high: 10)
    #expect(try stacked.image(at: 0, options: options).samples == .float([0, 10, 1, 30]))
    var wide = TIFFBytes()
    for first in [0, 100] as [Float] {
      wide.add(.float([first, first + 10]), width: 1, height: 1, channels: 2)
    }
    try workspace.write(wide.bytes, to: "wide/stack.tif")
    options.range = SampleRange([0, 0, 100, 0].map { SampleRange.Pair(low: $0, high: $0 + 100) })
    #expect(
      try open("wide", .channels).image(at: 0, options: options).samples == .float([0, 0.1, 0, 1.1]))
  }

  /// Whatever is left out of a set, a file of several pages counts once.
  @Test func filesOfSomePagesCountOnce() throws {
    try writeSet()
    let set = SubsetImages(try open("set"), indices: [1, 2, 3, 5])
    #expect(DataRecord(of: set).filesSummary == "1 .png, 1 .tif (2 images), 1 .tiff")
  }

  @Test func pagesOfSeveralSizesAreNoChannels() throws {
    var file = TIFFBytes()
    file.add(.eightBit([1, 2]), width: 2, height: 1)
    file.add(.eightBit([1, 2, 3]), width: 3, height: 1)
    try workspace.write(file.bytes, to: "set/odd.tif")
    let stacked = try open("set", .channels)
    let failure = #expect(throws: Failure.self) { try stacked.image(at: 0) }
    #expect(failure?.problem == "a band of 3×1 pixels beside one of 2×1")
    #expect(try samples(try open("set")) == [[1, 2], [1, 2, 3]])
  }

  @Test func aFileOrAPageOfItIsNamedItself() throws {
    try writeStack(3, first: 10, to: "stack.tif")
    #expect(try samples(open("stack.tif")).map { $0[0] } == [10, 11, 12])
    let page = try open("stack.tif#2")
    #expect(try samples(page).map { $0[0] } == [12])
    #expect(page.location(of: 0) == workspace.path("stack.tif#2"))
    let failure = #expect(throws: Failure.self) { try open("stack.tif#3") }
    #expect(failure?.problem == "no page 3 in a file of 3 pages" && failure?.remedy == "give #0 to #2")
  }

  @Test func aListNamesFilesAndPages() throws {
    try writeSet()
    try workspace.writeText(
      "path,label\nset/a/stack.tif#1,cell\nset/b/two.TIFF,cell\nset/b/one.png,other\n", to: "list.csv")
    let list = try open("list.csv")
    #expect(list.count == 4 && list.classNames == ["cell", "other"])
    #expect(try samples(list).prefix(3).map { $0[0] } == [11, 20, 21])
    #expect(list.location(of: 0).hasSuffix("stack.tif#1") && list.location(of: 2).hasSuffix("two.TIFF#1"))
  }

  @Test func shardsKeepTheirOrder() throws {
    try writeSet()
    let stack = try [UInt8](Data(contentsOf: URL(filePath: workspace.path("set/a/stack.tif"))))
    let one = try [UInt8](Data(contentsOf: URL(filePath: workspace.path("set/b/one.png"))))
    for shard in 0..<2 {
      try workspace.write(
        tar([("a\(shard).tif", stack), ("b\(shard).png", one)]), to: "shards/\(shard).tar")
    }
    let set = try open("shards")
    #expect(set.count == 8)
    #expect(set.order == .shards([0..<4, 4..<8], buffer: SampleOrder.defaultBuffer))
    #expect(try samples(set)[4...6].map { $0[0] } == [10, 11, 12])
    #expect(set.location(of: 6) == workspace.path("shards/1.tar#a1.tif#2"))
  }

  @Test func damagedFilesAreOneBadImage() throws {
    try writeStack(3, first: 10, to: "set/good.tif")
    try workspace.write([0x49, 0x49, 42, 0, 0xFF, 0xFF, 0xFF, 0x7F], to: "set/bad.tif")
    let set = try open("set")
    #expect(set.count == 4)
    #expect(throws: Failure.self) { try set.image(at: 0) }
  }

  @Test func pathsOfPagesAreTold() {
    for (path, file, page) in [
      ("a/stack.tif#12", "a/stack.tif", 12), ("stack.TIF#0", "stack.TIF", 0),
    ] as [(String, String, Int?)] {
      #expect(PagedPath(path).file == file && PagedPath(path).page == page)
    }
    for path in [
      "a#1/b.png", "notes.txt#3", "stack.tif#", "stack.tif#1x", "stack.tif#1234567890", "set.tar#a.tif",
    ] {
      #expect(PagedPath(path).file == path && PagedPath(path).page == nil)
    }
  }
}
