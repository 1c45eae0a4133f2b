import Foundation
import Platform

/// A file in an archive.
struct TarMember {
  /// Its path, as the archive says it.
  let name: [UInt8]
  /// Where its header begins.
  let headerOffset: Int
  /// Where its data begin.
  let offset: Int
  /// Bytes of its data.
  let size: Int
}

/// Goes from header to header of an archive, over the data between them.
struct TarReader {
  /// The most bytes of a long name or of PAX records.
  private static let maximumRecordBytes = 1 << 20
  /// Small members and the headers beside them come in one read.
  private static let windowSize = 4096

  private let file: OpenFile
  private let path: String
  private var position = 0
  private var window: [UInt8] = []
  private var windowStart = 0
  /// Names of links met so far whose extension is that of an image.
  private(set) var links: [[UInt8]] = []

  init(_ file: OpenFile, path: String) {
    self.file = file
    self.path = path
  }

  /// The next regular file; nil at the end.
  ///
  /// - Throws: `Failure` naming the archive and the byte when it is damaged or cut short.
  mutating func next() throws(Failure) -> TarMember? {
    var longName: ArraySlice<UInt8>?
    var longSize: Int?
    while true {
      let start = position
      guard let header = try header() else {
        guard longName == nil, longSize == nil else { throw damage("a long name without a member", start) }
        return nil
      }
      let field = { (range: Range<Int>) in header[range] }
      guard let stored = TarFormat.number(field(TarFormat.Field.size)) else {
        throw damage("a size that is no number", start)
      }
      let kind = TarFormat.Kind(rawValue: header[TarFormat.Field.type])
      let isRecord = kind == .extended || kind == .longName
      let hasData = !TarFormat.kindsWithoutData.contains(header[TarFormat.Field.type])
      let size = !hasData ? 0 : isRecord ? stored : longSize ?? stored
      let offset = start + TarFormat.blockSize
      guard size <= file.size - offset else {
        throw damage("a member of \(size) bytes where \(file.size - offset) are left", start)
      }
      position = offset + TarFormat.padded(size)
      switch kind {
      case .extended, .longName:
        guard size <= Self.maximumRecordBytes else {
          throw damage("a header of \(size) bytes, above \(Self.maximumRecordBytes)", start)
        }
        let bytes = try read(size, at: offset)
        if kind == .longName {
          longName = TarFormat.text(bytes[...])
          continue
        }
        guard let records = TarFormat.records(bytes) else { throw damage("damaged PAX records", start) }
        guard !records.keys.contains(where: { $0.hasPrefix("GNU.sparse.") }) else { throw sparse(start) }
        longName = records["path"] ?? longName
        if let text = records["size"] {
          longSize = Int(String(decoding: text, as: UTF8.self))
          guard let longSize, longSize >= 0 else { throw damage("a size that is no number", start) }
        }
      case .sparseFile:
        throw sparse(start)
      case .file, .oldFile, .contiguousFile:
        let name = longName.map(Array.init) ?? Self.name(header)
        return TarMember(name: name, headerOffset: start, offset: offset, size: size)
      case nil:
        // A folder, a link, a device: its long name goes with it.
        let name = longName.map(Array.init) ?? Self.name(header)
        if TarFormat.links.contains(header[TarFormat.Field.type]), ImageExtension.start(in: name) != nil {
          links.append(name)
        }
        longName = nil
        longSize = nil
      }
    }
  }

  /// The data of a member.
  ///
  /// - Throws: `Failure` when they are more than `limit` bytes, or cannot be read.
  mutating func data(of member: TarMember, limit: Int) throws(Failure) -> [UInt8] {
    guard member.size <= limit else {
      let name = String(decoding: member.name, as: UTF8.self)
      throw Failure(
        "a label '\(name)' of \(member.size) bytes, above \(limit)",
        at: "\(path), byte \(member.headerOffset)", mend: "put labels alone into .cls and .json members")
    }
    return try read(member.size, at: member.offset)
  }

  /// The header at the present position; nil for the zeros that end an archive.
  private mutating func header() throws(Failure) -> [UInt8]? {
    guard position + TarFormat.blockSize <= file.size else {
      throw damage("it is cut short: the end mark is missing", min(position, file.size))
    }
    let header = try read(TarFormat.blockSize, at: position)
    if header.allSatisfy({ $0 == 0 }) { return nil }
    if position == 0 && header.starts(with: [0x1F, 0x8B]) {
      throw Failure(
        "a compressed archive, in which images cannot be read from their places", at: path,
        mend: "decompress it with gunzip")
    }
    let sum = TarFormat.number(header[TarFormat.Field.checksum])
    guard sum == TarFormat.checksum(header[...]) else {
      throw damage("no header with a right checksum", position)
    }
    return header
  }

  private static func name(_ header: [UInt8]) -> [UInt8] {
    let name = TarFormat.text(header[TarFormat.Field.name])
    // GNU tar writes "ustar " and has other things where POSIX has the prefix.
    guard header[TarFormat.Field.magic].elementsEqual(Array("ustar\0".utf8)) else { return Array(name) }
    let prefix = TarFormat.text(header[TarFormat.Field.prefix])
    return prefix.isEmpty ? Array(name) : prefix + [UInt8(ascii: "/")] + name
  }

  /// `count` bytes from `offset` on, which lie inside the file.
  private mutating func read(_ count: Int, at offset: Int) throws(Failure) -> [UInt8] {
    if offset < windowStart || offset + count > windowStart + window.count {
      let wanted = min(max(count, Self.windowSize), file.size - offset)
      window = try file.read(wanted, at: offset)
      windowStart = offset
    }
    return Array(window[(offset - windowStart)..<(offset - windowStart + count)])
  }

  private func damage(_ problem: String, _ offset: Int) -> Failure {
    Failure(
      "damaged archive: \(problem)", at: "\(path), byte \(offset)", mend: "make or fetch the archive again")
  }

  private func sparse(_ offset: Int) -> Failure {
    Failure(
      "a sparse file, stored in pieces", at: "\(path), byte \(offset)",
      mend: "make the archive again, without tar's --sparse")
  }
}
