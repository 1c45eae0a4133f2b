import CZlib
import Datasets
import Foundation
import Imaging
import Platform
import Synchronization
import Testing

/// A temporary folder that goes away with its owner.
final class Workspace: Sendable {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory.appending(path: "vitrail-datasets-\(UUID().uuidString)")
      .standardizedFileURL.path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
  }

  func path(_ name: String) -> String { path + "/" + name }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
  }

  private func makeFolder(above name: String) throws {
    try makeFolder((name as NSString).deletingLastPathComponent)
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try makeFolder(above: name)
    try Data(bytes).write(to: URL(filePath: path(name)))
  }

  func writeText(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func writeGzip(_ bytes: [UInt8], to name: String) throws {
    try makeFolder(above: name)
    let file = try #require(gzopen(path(name), "wb"))
    #expect(gzwrite(file, bytes, UInt32(bytes.count)) == Int32(bytes.count))
    #expect(gzclose(file) == Z_OK)
  }

  func link(_ name: String, to target: String) throws {
    try makeFolder(above: name)
    try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
  }

  /// Writes `image(number)` as a PNG.
  func writeImage(_ number: Int, to name: String, width: Int = 8, height: Int = 8, channels: Int = 1) throws {
    try makeFolder(above: name)
    try image(number, width: width, height: height, channels: channels)
      .writePNG(to: URL(filePath: path(name)))
  }

  /// A folder of `count` images in two classes; image i of the sorted set is `image(i)`.
  func makeSet(
    _ name: String, count: Int, width: Int = 8, height: Int = 8, channels: Int = 1
  ) throws -> ImageFolder {
    for number in 0..<count {
      try writeImage(
        number, to: file(name, number, of: count), width: width, height: height, channels: channels)
    }
    return try ImageFolder(path: path(name))
  }

  /// The file of image `number` in `makeSet`.
  func file(_ name: String, _ number: Int, of count: Int) -> String {
    "\(name)/\(number < count / 2 ? "a" : "b")/\(10_000 + number).png"
  }
}

/// An image whose first byte is `number`.
func image(_ number: Int, width: Int = 8, height: Int = 8, channels: Int = 1) -> Image {
  let pixels = (0..<width * height * channels).map { place in
    UInt8(truncatingIfNeeded: place == 0 ? number : place * (7 + number % 5))
  }
  return Image(width: width, height: height, channels: channels, pixels: pixels)
}

/// An IDX file's bytes.
func idx(_ sizes: [Int], _ elements: [UInt8]) -> [UInt8] {
  let header = sizes.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
  return [0, 0, 8, UInt8(sizes.count)] + header + elements
}

/// The failure that `body` throws.
func failure(_ body: () throws -> Void) throws -> Failure {
  do {
    try body()
  } catch let failure as Failure {
    return failure
  }
  throw Failure("nothing was thrown", at: "test", mend: "")
}

/// Counts from several threads.
final class BadCount: Sendable {
  private let count = Atomic(0)
  func add() { count.wrappingAdd(1, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }
}
