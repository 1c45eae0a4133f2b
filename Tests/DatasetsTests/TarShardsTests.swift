import Datasets
import Dispatch
import Foundation
import Imaging
import Platform
import Tensors
import Testing

struct TarShardsTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private struct Member: Decodable {
    let name: String
    let offset, size: Int
    let pixels: [UInt8]
  }

  private static let golden =
    Bundle.module.resourceURL?.appendingPathComponent("Golden") ?? URL(fileURLWithPath: "/")

  private static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: golden.appendingPathComponent(name)))
  }

  private func labels(_ source: any ImageSource) -> [String?] {
    (0..<source.count).map { source.label(of: $0).map { source.classNames[$0] } }
  }

  /// Names and pixels are those that Python's tarfile and Pillow find.
  @Test(arguments: ["ustar", "gnu", "pax"]) func readsWhatPythonWrites(format: String) throws {
    let path = Self.golden.appendingPathComponent(format + ".tar").path
    let index = try JSONDecoder().decode(
      [String: [Member]].self, from: Data(contentsOf: Self.golden.appendingPathComponent("shards.json")))
    let members = try #require(index[format])
    let source = try #require(try ImageSources.open(path) as? TarShards)
    #expect(source.count == members.count && source.count >= 4)
    for (number, member) in members.enumerated() {
      #expect(source.location(of: number) == "\(source.path)#\(member.name)")
      let image = try source.image(at: number)
      #expect(image.width == 4 && image.height == 3 && image.pixels == member.pixels)
    }
    switch format {
    case "ustar": #expect(labels(source) == ["fox", "owl", "fox", nil])
    case "gnu": #expect(labels(source) == ["fox", "owl", "fox", nil, "ant", nil])
    default: #expect(labels(source) == ["3", "0", "12", nil, "3", nil])
    }
    #expect(
      source.classNames
        == (format == "pax" ? ["0", "3", "12"] : ["ant", "fox", "owl"].suffix(format == "gnu" ? 3 : 2)))
  }

  @Test func classesAreThoseOfTheList() throws {
    try workspace.write(Self.bytes("gnu.tar"), to: "words/a.tar")
    try workspace.writeText("owl\nbee\nfox\nant\n", to: "words/classes.txt")
    let words = try ImageSources.open(workspace.path("words"))
    #expect(words.classNames == ["owl", "bee", "fox", "ant"])
    #expect(labels(words) == ["fox", "owl", "fox", nil, "ant", nil])
    #expect(try labels(ImageSources.open(workspace.path("words/a.tar"))) == labels(words))
    try workspace.write(Self.bytes("pax.tar"), to: "numbers/a.tar")
    try workspace.writeText((0..<13).map { "class \($0)\r\n" }.joined(), to: "numbers/classes.txt")
    let numbers = try ImageSources.open(workspace.path("numbers"))
    #expect(labels(numbers) == ["class 3", "class 0", "class 12", nil, "class 3", nil])
    try workspace.writeText("a\nb\nc\nd\n", to: "numbers/classes.txt")
    let found = try failure { _ = try ImageSources.open(workspace.path("numbers")) }
    #expect(found.problem.contains("'12'") && found.place.contains("a.tar, byte "))
    #expect(found.remedy.contains("classes.txt"))
  }

  @Test func shardsOfAFolderAreInTheOrderOfTheirNames() throws {
    try workspace.write(Self.bytes("pax.tar"), to: "set/train/b.tar")
    try workspace.write(Self.bytes("ustar.tar"), to: "set/train/a.tar")
    try workspace.write(Self.bytes("gnu.tar"), to: "set/test/a.tar")
    let train = try ImageSources.open(workspace.path("set"), split: .train)
    #expect(train.count == 10 && train.location(of: 4).contains("b.tar#000.png"))
    #expect(train.classNames == ["0", "12", "3", "fox", "owl"])
    #expect(train.order == .shards([0..<4, 4..<10], buffer: 1000))
    #expect(try ImageSources.open(workspace.path("set"), split: .test).count == 6)
  }

  /// Whatever byte of a header is wrong, and wherever the archive is cut, a failure names the file and the byte.
  @Test func damageIsAFailureThatSaysWhere() throws {
    let whole = try Self.bytes("gnu.tar")
    var cuts = 0
    for count in stride(from: 0, to: whole.count, by: 256) where whole[count...].contains(where: { $0 != 0 })
    {
      try workspace.write(Array(whole[..<count]), to: "cut.tar")
      let found = try failure { _ = try ImageSources.open(workspace.path("cut.tar")) }
      #expect(
        found.problem.hasPrefix("damaged archive: ")
          && found.place.hasPrefix(workspace.path("cut.tar, byte ")))
      cuts += 1
    }
    #expect(cuts > 20)
    let index = try JSONDecoder().decode(
      [String: [Member]].self, from: Data(contentsOf: Self.golden.appendingPathComponent("shards.json")))
    let header = try #require(index["gnu"]?[1]).offset - 512
    for place in [0, 124, 130, 148, 156, 300] {
      var bytes = whole
      bytes[header + place] ^= 0x11
      try workspace.write(bytes, to: "flipped.tar")
      let found = try failure { _ = try ImageSources.open(workspace.path("flipped.tar")) }
      #expect(found.place == workspace.path("flipped.tar, byte \(header)"))
    }
  }

  /// Sizes that a header with a right checksum claims are checked before anything is read or taken.
  @Test(arguments: ["77777777777", "-1", "\u{80}", "9"]) func impossibleSizesAreFailures(size: String) throws
  {
    for kind in ["0", "x", "L"] {
      var header = [UInt8](repeating: 0, count: 512)
      header.replaceSubrange(0..<5, with: Array("a.png".utf8))
      header.replaceSubrange(124..<(124 + min(size.utf8.count, 11)), with: Array(size.utf8.prefix(11)))
      if size == "\u{80}" {
        header.replaceSubrange(124..<136, with: [0x80] + [UInt8](repeating: 0xFF, count: 11))
      }
      header[156] = Array(kind.utf8)[0]
      let sum = String(header.reduce(8 * 32) { $0 + Int($1) }, radix: 8)
      header.replaceSubrange(148..<148 + sum.utf8.count, with: sum.utf8)
      try workspace.write(header + [UInt8](repeating: 0, count: 1024), to: "size.tar")
      let found = try failure { _ = try ImageSources.open(workspace.path("size.tar")) }
      #expect(found.place == workspace.path("size.tar, byte 0") && found.problem.hasPrefix("damaged archive"))
      #expect(!found.problem.contains("checksum"))
    }
  }

  /// Headers whose checksum was made right again after some bytes were changed, at any block.
  @Test(arguments: ["gnu", "pax"]) func mutatedHeadersOpenOrFail(format: String) throws {
    let whole = try Self.bytes(format + ".tar")
    var random = RandomStream(seed: 1, purpose: .synthetic)
    var failures = 0
    for _ in 0..<400 {
      var bytes = whole
      let start = random.index(below: whole.count / 1024) * 512
      for _ in 0...random.index(below: 4) {
        let fields = [0..<100, 124..<136, 156..<157, 257..<263, 345..<500, 0..<512]
        let field = fields[random.index(below: fields.count)]
        bytes[start + field.lowerBound + random.index(below: field.count)] = UInt8(random.index(below: 256))
      }
      for place in 148..<156 { bytes[start + place] = 0x20 }
      let sum = String(bytes[start..<start + 512].reduce(0) { $0 + Int($1) }, radix: 8)
      bytes.replaceSubrange(start + 148..<start + 148 + sum.utf8.count, with: sum.utf8)
      try workspace.write(bytes, to: "mutated.tar")
      do throws(Failure) {
        let source = try ImageSources.open(workspace.path("mutated.tar"))
        for index in 0..<source.count { _ = try? source.image(at: index) }
      } catch {
        #expect(error.place.hasPrefix(workspace.path("mutated.tar")))
        failures += 1
      }
    }
    #expect(failures > 50)
  }

  @Test func whatHoldsNoImagesIsAFailure() throws {
    try workspace.write([UInt8](repeating: 0, count: 1024), to: "empty.tar")
    #expect(
      try failure { _ = try ImageSources.open(workspace.path("empty.tar")) }.problem.contains("no images"))
    try workspace.writeGzip(Self.bytes("gnu.tar"), to: "packed.tar")
    #expect(try failure { _ = try ImageSources.open(workspace.path("packed.tar")) }.remedy.contains("gunzip"))
    try workspace.writeText("text", to: "text.tar")
    #expect(try failure { _ = try ImageSources.open(workspace.path("text.tar")) }.place.hasSuffix("byte 0"))
    try workspace.makeFolder("folder.tar")
    #expect(
      try failure { _ = try ImageSources.open(workspace.path("folder.tar")) }.problem.contains("no images"))
  }

  @Test func keepsFewArchivesOpenAndSharesThem() throws {
    let base = try workspace.makeSet("set", count: 80)
    var options = ShardPacker.Options()
    options.shardSize = .count(80)
    options.form.keepsPNG = true
    let summary = try ShardPacker(base, options: options).pack(to: URL(filePath: workspace.path("shards")))
    #expect(summary.shards == 80)
    let source = try #require(try ImageSources.open(workspace.path("shards")) as? TarShards)
    let bad = BadCount()
    DispatchQueue.concurrentPerform(iterations: 400) { number in
      guard let image = try? source.image(at: number * 7 % 80), image.width == 8 else { return bad.add() }
    }
    #expect(bad.value == 0 && source.openCount == 64)
    let numbers = try (0..<80).map { Int(try source.image(at: $0).pixels[0]) }
    #expect(numbers.sorted() == Array(0..<80))
    let files = try FileManager.default.contentsOfDirectory(atPath: workspace.path("shards"))
    for file in files where file.hasSuffix(".tar") {
      try FileManager.default.removeItem(atPath: workspace.path("shards/" + file))
      try workspace.write([1, 2, 3], to: "shards/" + file)
    }
    let found = try failure { for number in 0..<80 { _ = try source.image(at: number) } }
    #expect(found.problem.contains("changed"))
  }
}
