import Datasets
import Foundation
import Imaging
import Platform
import Testing

struct ShardPackerTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func pack(
    _ source: any ImageSource, to name: String = "shards",
    _ change: (inout ShardPacker.Options) -> Void = { _ in }
  ) throws -> (summary: ShardPacker.Summary, source: any ImageSource) {
    var options = ShardPacker.Options()
    change(&options)
    let summary = try ShardPacker(source, options: options).pack(to: URL(filePath: workspace.path(name)))
    return (summary, try ImageSources.open(workspace.path(name)))
  }

  /// The number of each image, which `image(_:)` writes into its first byte.
  private func numbers(_ source: any ImageSource) throws -> [Int] {
    try (0..<source.count).map { Int(try source.image(at: $0).pixels[0]) }
  }

  private func files(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: workspace.path(name)).sorted()
  }

  @Test func everyImageComesOnceWithItsClass() throws {
    let base = try workspace.makeSet("set", count: 70)
    let (summary, source) = try pack(base) {
      $0.form.keepsPNG = true
      $0.shardSize = .bytes(40_000)
    }
    let found = try numbers(source)
    #expect(found.sorted() == Array(0..<70) && found != Array(0..<70))
    #expect(source.classNames == ["a", "b"])
    for (index, number) in found.enumerated() {
      #expect(source.label(of: index) == (number < 35 ? 0 : 1))
      #expect(try source.image(at: index) == image(number))
      let name = try #require(source.location(of: index).split(separator: "#").last)
      let place = String(index)
      #expect(name == String(repeating: "0", count: 6 - place.count) + place + "-\(10_000 + number).png")
    }
    let archives = try files("shards").filter { $0.hasSuffix(".tar") }
    #expect(archives == (0..<archives.count).map { "shard-00000\($0).tar" } && archives.count > 2)
    #expect(try files("shards") == ["classes.txt"] + archives)
    let sizes = try archives.map { try Data(contentsOf: URL(filePath: workspace.path("shards/" + $0))).count }
    #expect(sizes.allSatisfy { $0 <= 40_000 } && sizes.dropLast().allSatisfy { $0 > 36_000 })
    #expect(
      summary.images == 70 && summary.copied == 70 && summary.skipped == 0 && summary.shards == archives.count
        && summary.bytes == sizes.reduce(0, +) && summary.classes == 2)
  }

  @Test func equalSeedsGiveEqualArchivesWhateverTheThreads() throws {
    let base = try workspace.makeSet("set", count: 50)
    let seeds: [(UInt64, Int)] = [(1, 1), (1, 5), (2, 1)]
    let contents = try seeds.enumerated().map { number, seed in
      _ = try pack(base, to: "out\(number)") {
        $0.seed = seed.0
        $0.loading.threads = seed.1
        $0.shardSize = .count(3)
      }
      return try files("out\(number)").map {
        try Data(contentsOf: URL(filePath: workspace.path("out\(number)/\($0)")))
      }
    }
    #expect(contents[0].count == 4 && contents[0] == contents[1] && contents[0] != contents[2])
  }

  @Test func shardsOfACountHoldAboutAsMany() throws {
    let base = try workspace.makeSet("set", count: 50)
    let (summary, source) = try pack(base) { $0.shardSize = .count(4) }
    #expect(
      summary.shards == 4 && source.order == .shards([0..<13, 13..<25, 25..<38, 38..<50], buffer: 1000))
    let found = try failure { _ = try pack(base, to: "many") { $0.shardSize = .count(51) } }
    #expect(
      found.problem.contains("51 shards for 50 images")
        && !FileManager.default.fileExists(atPath: workspace.path("many")))
  }

  /// JPEGs that need nothing are the same bytes; what is turned, resized or PNG is not.
  @Test func copiesWhatNeedsNoChange() throws {
    let upright = try JPEGEncoder(quality: 40).encode(image(3, width: 30, height: 20, channels: 3))
    var turned = [UInt8](upright)
    let exif: [UInt8] =
      Array("Exif\0\0".utf8) + [
        0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
      ]
    turned.insert(contentsOf: [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif, at: 2)
    try workspace.write([UInt8](upright), to: "set/a.jpg")
    try workspace.write(turned, to: "set/b.jpg")
    try workspace.writeImage(4, to: "set/c.png", width: 30, height: 20)
    let base = try ImageSources.open(workspace.path("set"))
    func stored(_ source: any ImageSource) throws -> [String: (header: ImageHeader, data: Data)] {
      var result: [String: (ImageHeader, Data)] = [:]
      for index in 0..<source.count {
        let reader = try source.reader(at: index, options: DecodeOptions())
        let stem = source.location(of: index).split(separator: "-").last ?? ""
        result[String(stem)] = (try #require(reader.header), try #require(reader.encoded).data)
      }
      return result
    }
    let (summary, plain) = try pack(base)
    let found = try stored(plain)
    #expect(summary.copied == 1 && found.count == 3 && found["a.jpg"]?.data == upright)
    #expect(found["b.jpg"]?.header.width == 20 && found["b.jpg"]?.header.height == 30)
    #expect(found["b.jpg"]?.header.isUpright == true && found["c.jpg"]?.header.format == .jpeg)
    let (resized, small) = try pack(base, to: "small") {
      $0.form.shorterSide = 8
      $0.form.keepsPNG = true
    }
    let reduced = try stored(small)
    #expect(resized.copied == 0)
    #expect(reduced["a.jpg"]?.header.width == 12 && reduced["a.jpg"]?.header.height == 8)
    #expect(reduced["b.jpg"]?.header.width == 8 && reduced["b.jpg"]?.header.height == 12)
    let png = try ImageDecoder.decode(try #require(reduced["c.png"]).data)
    #expect(png == image(4, width: 30, height: 20).resized(width: 12, height: 8, filter: .bicubic))
    #expect(
      try pack(base, to: "large") { $0.form.shorterSide = 20 }.summary.copied == 1, "nothing is enlarged")
  }

  /// What JPEG cannot hold stays PNG, to the bit.
  @Test func deepAndFourChannelImagesStayPNG() throws {
    let deep = Image(
      width: 5, height: 4, channels: 3, samples: .sixteenBit((0..<60).map { UInt16($0 * 1091) }))
    let bands = image(9, width: 5, height: 4, channels: 4)
    try workspace.write([UInt8](PNGEncoder.encodeExactly(deep)), to: "set/deep.png")
    try workspace.write([UInt8](PNGEncoder.encodeExactly(bands)), to: "set/bands.png")
    let base = try ImageSources.open(workspace.path("set"))
    let (_, source) = try pack(base) { $0.form.keepsAlpha = true }
    let options = DecodeOptions(keepsAlpha: true)
    let images = try (0..<2).map { try source.image(at: $0, options: options) }
    #expect(images.contains(deep) && images.contains(bands))
    let (_, small) = try pack(base, to: "small") {
      $0.form.keepsAlpha = true
      $0.form.shorterSide = 2
    }
    let reduced = try (0..<2).map { try small.image(at: $0, options: options) }
    for image in [deep, bands] {
      #expect(reduced.contains(image.resized(width: 2, height: 2, filter: .bicubic)))
    }
    let (_, onWhite) = try pack(base, to: "white")
    let formats = try (0..<2).map { try onWhite.reader(at: $0, options: options).header?.format }
    #expect(Set(formats) == [.png, .jpeg])
  }

  @Test func badImagesAreSkippedAndListed() throws {
    let base = try workspace.makeSet("set", count: 20)
    try workspace.writeText("text", to: workspace.file("set", 4, of: 20))
    let (summary, source) = try pack(base) { $0.form.keepsPNG = true }
    #expect(summary.skipped == 1 && summary.images == 19)
    #expect(try numbers(source).sorted() == Array(0..<20).filter { $0 != 4 })
    let list = try String(contentsOfFile: workspace.path("shards/bad-images.txt"), encoding: .utf8)
    #expect(list.hasPrefix(base.location(of: 4) + "\t") && list.split(separator: "\n").count == 1)
    let found = try failure { _ = try pack(base, to: "strict") { $0.maximumBad = 0 } }
    #expect(found.problem.contains("1 of 20 images") && found.remedy.contains("--max-bad"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: workspace.path).sorted() == ["set", "shards"])
  }

  @Test func appearsWholeOrNotAtAll() throws {
    let base = try workspace.makeSet("set", count: 40)
    let out = URL(filePath: workspace.path("shards"))
    var options = ShardPacker.Options()
    options.shardSize = .count(4)
    var written = 0
    let stopped = try failure {
      _ = try ShardPacker(base, options: options).pack(to: out, shouldStop: { written == 25 }) {
        written = $1
      }
    }
    #expect(stopped.problem.contains("stopped") && written == 25)
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.path) == ["set"])
    try workspace.makeFolder("shards")
    #expect(try pack(base).summary.images == 40)
    #expect(try failure { _ = try pack(base) }.problem.contains("not an empty folder"))
  }

  @Test func whatAKilledPackingLeftIsCleared() throws {
    let base = try workspace.makeSet("set", count: 12)
    let partial = workspace.path("shards.partial")
    for name in ["shard-000000.tar", "shard-000077.tar.123.partial", "classes.txt"] {
      try workspace.writeText("half", to: "shards.partial/\(name)")
    }
    try workspace.writeText("mine", to: "shards.partial/notes.txt")
    let foreign = try failure { _ = try pack(base) }
    #expect(foreign.place == partial && foreign.problem.contains("'notes.txt'"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: partial).count == 4, "nothing was removed")
    try FileManager.default.removeItem(atPath: partial + "/notes.txt")
    #expect(try pack(base).summary.images == 12)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: workspace.path("shards")).sorted() == [
        "classes.txt", "shard-000000.tar",
      ])
  }

  @Test func onePackingAtATime() throws {
    let base = try workspace.makeSet("set", count: 12)
    var second: Failure?
    let first = try ShardPacker(base).pack(
      to: URL(filePath: workspace.path("shards")),
      progress: { _, images in
        guard images == 5 else { return }
        second = #expect(throws: Failure.self) { _ = try pack(base) }
      })
    #expect(first.images == 12)
    #expect(second?.place == workspace.path("shards.partial") && second?.problem.contains("at work") == true)
  }

  /// Names of more than 100 bytes, with dots, and from sets that are no files.
  @Test func namesOfAllKinds() throws {
    let long = String(repeating: "é", count: 90)
    try workspace.writeImage(1, to: "set/\(long).png")
    try workspace.writeImage(2, to: "set/a.b.c.png")
    try workspace.write(idx([2, 8, 8], image(3).pixels + image(4).pixels), to: "idx/train-images-idx3-ubyte")
    let (_, source) = try pack(ImageSources.open(workspace.path("set"))) { $0.form.keepsPNG = true }
    let names = Set((0..<2).map { source.location(of: $0).split(separator: "-", maxSplits: 2).last ?? "" })
    #expect(source.count == 2 && names.count == 2)
    #expect((0..<2).contains { source.location(of: $0).hasSuffix("-\(long).png") })
    #expect((0..<2).contains { source.location(of: $0).hasSuffix("-a_b_c.png") })
    #expect(try numbers(source).sorted() == [1, 2])
    let (_, other) = try pack(ImageSources.open(workspace.path("idx")), to: "other") {
      $0.form.keepsPNG = true
    }
    #expect(try numbers(other).sorted() == [3, 4])
    // An independent reader, where there is one.
    let tar = ["/bin/tar", "/usr/bin/tar"].first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let tar else { return }
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: tar)
    process.arguments = ["--quoting-style=literal", "-tf", workspace.path("shards/shard-000000.tar")]
    process.standardOutput = pipe
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaints = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && complaints.isEmpty)
    let listed = (0..<2).compactMap { source.location(of: $0).split(separator: "#").last.map(String.init) }
    #expect(output.split(separator: "\n").map(String.init) == listed)
  }
}
