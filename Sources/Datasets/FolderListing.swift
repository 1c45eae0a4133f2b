import Foundation
import Platform

/// The names in one folder, in the order of their bytes, a folder's name counted with a slash at its end.
///
/// Visiting folders in this order gives all paths below in the order of their bytes. Hidden names are left
/// out. Nothing but symbolic links is looked at beyond the folder's own records.
struct FolderListing {
  private enum Kind {
    case file, folder, other
  }

  /// Identifies the folder, so that cycles through links are seen.
  struct Identity: Equatable {
    let device: UInt64
    let inode: UInt64
  }

  private struct Entry {
    let start: Int
    let end: Int
    let isFolder: Bool
  }

  private var names: [UInt8] = []
  private var entries: [Entry] = []
  let identity: Identity

  /// Lists the folder at `path`.
  ///
  /// - Throws: `Failure` when it cannot be read.
  init(path: String) throws(Failure) {
    guard let folder = opendir(path) else { throw systemFailure("cannot open the folder", path) }
    defer { closedir(folder) }
    var status = stat()
    guard fstat(dirfd(folder), &status) == 0 else { throw systemFailure("cannot read the folder", path) }
    identity = Identity(
      device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))

    let nameOffset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
    errno = 0
    while let record = readdir(folder) {
      let name = UnsafeRawPointer(record).advanced(by: nameOffset).assumingMemoryBound(to: UInt8.self)
      if name[0] != UInt8(ascii: ".") {
        let start = names.count
        names.append(
          contentsOf: UnsafeBufferPointer(start: name, count: strlen(UnsafeRawPointer(record) + nameOffset)))
        switch Self.kind(of: record.pointee.d_type, of: names[start...], in: path) {
        case .file:
          entries.append(Entry(start: start, end: names.count, isFolder: false))
        case .folder:
          names.append(UInt8(ascii: "/"))
          entries.append(Entry(start: start, end: names.count, isFolder: true))
        case .other:
          names.removeSubrange(start...)
        }
      }
      errno = 0
    }
    guard errno == 0 else { throw systemFailure("cannot read the folder", path) }
    sort()
  }

  /// Calls `body` with each name in order; a folder's ends in a slash.
  func forEach(_ body: (_ name: ArraySlice<UInt8>, _ isFolder: Bool) throws(Failure) -> Void) throws(Failure)
  {
    for entry in entries { try body(names[entry.start..<entry.end], entry.isFolder) }
  }

  /// The names of all files.
  var fileNames: [String] {
    entries.filter { !$0.isFolder }.map { String(decoding: names[$0.start..<$0.end], as: UTF8.self) }
  }

  /// Whether there is a folder of this name.
  func hasFolder(_ name: String) -> Bool {
    let wanted = Array((name + "/").utf8)
    return entries.contains { $0.isFolder && names[$0.start..<$0.end].elementsEqual(wanted) }
  }

  private mutating func sort() {
    names.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      entries.sort { left, right in
        let (leftCount, rightCount) = (left.end - left.start, right.end - right.start)
        let order = memcmp(base + left.start, base + right.start, min(leftCount, rightCount))
        return order != 0 ? order < 0 : leftCount < rightCount
      }
    }
  }

  /// What a record stands for; links and records of unknown type are looked up, a dangling link is a file.
  private static func kind(of type: UInt8, of name: ArraySlice<UInt8>, in folder: String) -> Kind {
    switch Int32(type) {
    case Int32(DT_REG): return .file
    case Int32(DT_DIR): return .folder
    case Int32(DT_LNK), Int32(DT_UNKNOWN):
      var status = stat()
      guard stat(folder + "/" + String(decoding: name, as: UTF8.self), &status) == 0 else { return .file }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: return .folder
      case S_IFREG: return .file
      default: return .other
      }
    default: return .other
    }
  }
}
