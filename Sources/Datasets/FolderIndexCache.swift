import CZlib
import Foundation
import Imaging
import Platform

/// Listings of large folder trees, kept for the next time: a file for each tree, named by a hash of its path.
///
/// A file is a signature with the version; the endings that images had; the tree's path; the records of the folders in
/// the order of their bytes; the CRC-32 of all that. Before the endings and the path stands the number of their bytes (4
/// bytes, little-endian). A file that is damaged, of another version, of other endings or of another path is taken for
/// none; one that cannot be written is done without.
package struct FolderIndexCache: Sendable {
  private static let signature = Array("VITRLIX3".utf8)
  private static let maximumBytes = 8 << 30

  /// Where the files are.
  package let folder: String
  /// Trees of fewer images are not kept: listing them takes no time.
  package let threshold: Int
  /// Nanoseconds that a folder must have rested before its listing is kept.
  package let margin: Int64

  /// Creates a cache in `folder`, which is made when it is needed.
  package init(folder: String, threshold: Int = 10_000, margin: Int64 = 2_000_000_000) {
    self.folder = folder
    self.threshold = threshold
    self.margin = margin
  }

  /// The cache of the user: `$XDG_CACHE_HOME/vitrail/index`, or in `~/.cache`; nil where there is no home, or when
  /// `VITRAIL_INDEX_CACHE` is `off`.
  package static func standard(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> FolderIndexCache? {
    guard environment["VITRAIL_INDEX_CACHE"] != "off" else { return nil }
    return UserCache.folder("index", environment).map { FolderIndexCache(folder: $0) }
  }

  /// The file for the tree at `path`.
  package func file(for path: String) -> String {
    // FNV-1a (Fowler, Noll and Vo, 1991).
    let hash = path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return "\(folder)/\(String(repeating: "0", count: 16 - digits.count))\(digits).idx"
  }

  /// The records of the tree at `path`; empty when there are none that can be used.
  func load(_ path: String) -> [FolderRecord] {
    guard let bytes = try? WholeFile.read(file(for: path), maximumBytes: Self.maximumBytes) else { return [] }
    let head = head(path)
    let trailer = bytes.suffix(4)
    guard bytes.count >= head.count + 4, bytes.starts(with: head),
      trailer.elementsEqual(Self.littleEndian(Self.checksum(0, bytes.dropLast(4))))
    else { return [] }
    var rest = bytes.dropFirst(head.count).dropLast(4)
    var records: [FolderRecord] = []
    while !rest.isEmpty {
      guard let record = FolderRecord(takenFrom: &rest) else { return [] }
      records.append(record)
    }
    return records
  }

  /// Keeps the records of the tree at `path`.
  ///
  /// - Throws: `Failure` when they cannot be written; the earlier ones stay then.
  func save(_ records: [FolderRecord], of path: String) throws(Failure) {
    try AtomicFile.createFolder(URL(filePath: folder, directoryHint: .isDirectory))
    // After a power failure the checksum tells.
    try AtomicFile.write(to: URL(filePath: file(for: path)), durably: false) { (append) throws(Failure) in
      var checksum: UInt32 = 0
      var pending = Data(head(path))
      for record in records {
        pending += record.bytes
        guard pending.count >= 1 << 20 else { continue }
        checksum = Self.checksum(checksum, pending)
        try append(pending)
        pending.removeAll()
      }
      checksum = Self.checksum(checksum, pending)
      try append(pending + Self.littleEndian(checksum))
    }
  }

  private func head(_ path: String) -> [UInt8] {
    let endings = ImageCodecs.formats.flatMap(\.extensions).joined(separator: " ")
    return [endings, path].reduce(Self.signature) { head, text in
      head + Self.littleEndian(UInt32(text.utf8.count)) + text.utf8
    }
  }

  private static func littleEndian(_ number: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private static func checksum(_ start: UInt32, _ bytes: some ContiguousBytes) -> UInt32 {
    bytes.withUnsafeBytes { buffer in
      UInt32(
        truncatingIfNeeded: crc32_z(
          UInt(start), buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), buffer.count))
    }
  }
}
