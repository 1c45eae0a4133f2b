import Foundation
import Imaging
import Platform
import Testing

@Suite(.enabled(if: ImageCodecs.formats.contains(.tiff), "built without its library")) struct TIFFPageTests {
  private func options(_ pages: PageChoice) -> DecodeOptions {
    var options = DecodeOptions()
    options.pages = pages
    return options
  }

  @Test func filesTellTheirPages() throws {
    for (entry, _) in try TIFFGolden.all() {
      let path = Golden.folder.appendingPathComponent("tiff/\(entry.file)").path
      #expect(try EncodedBytes.pageCount(ofFile: path) == entry.pageCount, "\(entry.file)")
    }
  }

  @Test func aPageThatIsNotThereIsNamed() throws {
    let bytes = try Golden.bytes("tiff/stack.tif")
    let failure = #expect(throws: Failure.self) {
      try ImageDecoder.decode(bytes, options: options(.page(4)), place: "stack.tif")
    }
    #expect(failure?.problem == "page 4 of a file of 4" && failure?.place == "stack.tif")
  }

  @Test func pagesAreTheChannelsOfAnImage() throws {
    let bytes = EncodedBytes(try Golden.bytes("tiff/ome.tif"))
    let image = try ImageReader(bytes, options: options(.allAsChannels)).image()
    #expect(image.channels == 3)
    for (entry, expected) in try TIFFGolden.all() where entry.file == "ome.tif" {
      guard case .sixteenBit(let all) = image.samples, case .sixteenBit(let one) = expected.samples else {
        Issue.record("not of 16 bits")
        continue
      }
      #expect(one.indices.allSatisfy { one[$0] == all[3 * $0 + entry.page] })
    }
  }

  /// The pieces of one page are a small part of a file, and all that it needs.
  @Test(arguments: [false, true]) func ofALargeFileAPageIsRead(tablesFirst: Bool) throws {
    let stack = UncompressedStack(pages: 60, side: 256)
    let file = stack.file(tablesFirst: tablesFirst)
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("stack.tif")
      try Data(file.bytes).write(to: url)
      #expect(try EncodedBytes.pageCount(ofFile: url.path) == 60)
      for page in [0, 17, 59] {
        let bytes = try EncodedBytes(contentsOf: url.path, options: options(.page(page)))
        let reader = try ImageReader(bytes, options: options(.page(page)))
        #expect(try reader.image() == stack.image(page))
        #expect(reader.header?.pageCount == 60)
        let other = file.places[40]
        if bytes.count > other + 32768 {
          let middle = other + 20000..<other + 40000
          #expect(bytes.buffer[middle].allSatisfy { $0 == 0 })
        }
      }
      let all = try EncodedBytes(contentsOf: url.path, options: options(.allAsChannels))
      #expect(all.count == file.bytes.count)
    }
  }

  @Test func aCircleOfDirectoriesIsDamage() throws {
    let stack = UncompressedStack(pages: 3, side: 8)
    var file = stack.file(tablesFirst: true)
    let last = try #require(file.nexts.last)
    file.bytes.replaceSubrange(last..<last + 4, with: [8, 0, 0, 0])
    let failure = #expect(throws: Failure.self) { try ImageDecoder.decode(file.bytes, place: "a.tif") }
    #expect(failure?.problem == "damaged TIFF: directories in a circle")
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("circle.tif")
      try Data(file.bytes).write(to: url)
      let failure = #expect(throws: Failure.self) { try EncodedBytes.pageCount(ofFile: url.path) }
      #expect(failure?.place == url.path)
    }
  }

  @Test func directoriesBeyondTheEndAreDamage() throws {
    let stack = UncompressedStack(pages: 3, side: 8)
    var file = stack.file(tablesFirst: true)
    let last = try #require(file.nexts.last)
    file.bytes.replaceSubrange(last..<last + 4, with: [0, 0, 0, 0x7F])
    #expect(throws: Failure.self) { try ImageDecoder.decode(file.bytes) }
    // Where early ends are accepted, the pages that are there are read.
    var pads = options(.page(2))
    pads.truncated = .pad
    #expect(try ImageDecoder.decode(file.bytes, options: pads) == stack.image(2))
  }
}

/// A classic TIFF of uncompressed gray pages, the low byte first.
struct UncompressedStack {
  let pages: Int
  let side: Int

  func image(_ page: Int) -> Image {
    Image(width: side, height: side, channels: 1, pixels: (0..<side * side).map { pixel($0, of: page) })
  }

  private func pixel(_ index: Int, of page: Int) -> UInt8 {
    UInt8(1 + (index * 7 + page * 31 + index / side) % 250)
  }

  /// The bytes, where the pixels of each page begin, and where the place of each next directory is kept.
  ///
  /// - Parameter tablesFirst: whether all directories go before all pixels, or each before its own.
  func file(tablesFirst: Bool) -> (bytes: [UInt8], places: [Int], nexts: [Int]) {
    let table = 2 + 9 * 12 + 4
    let area = side * side
    func directory(_ page: Int) -> Int { 8 + page * (tablesFirst ? table : table + area) }
    func pixels(_ page: Int) -> Int {
      tablesFirst ? 8 + pages * table + page * area : directory(page) + table
    }
    var bytes = [UInt8](repeating: 0, count: 8 + pages * (table + area))
    func put(_ value: Int, _ length: Int, at place: Int) {
      for index in 0..<length { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
    bytes.replaceSubrange(0..<8, with: [0x49, 0x49, 42, 0, 8, 0, 0, 0])
    var nexts: [Int] = []
    for page in 0..<pages {
      let start = directory(page)
      put(9, 2, at: start)
      let entries = [
        (256, side), (257, side), (258, 8), (259, 1), (262, 1), (273, pixels(page)), (277, 1), (278, side),
        (279, area),
      ]
      for (index, (tag, value)) in entries.enumerated() {
        let entry = start + 2 + 12 * index
        put(tag, 2, at: entry)
        put(4, 2, at: entry + 2)
        put(1, 4, at: entry + 4)
        put(value, 4, at: entry + 8)
      }
      let next = start + 2 + 9 * 12
      nexts.append(next)
      put(page + 1 < pages ? directory(page + 1) : 0, 4, at: next)
      for index in 0..<area { bytes[pixels(page) + index] = pixel(index, of: page) }
    }
    return (bytes, (0..<pages).map(pixels), nexts)
  }
}
