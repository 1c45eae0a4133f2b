import Foundation
import Platform

/// Finds a few names in a folder that may hold a million others.
enum FileNames {
  /// The names in the folder at `path` with one of the endings, folders and hidden names left out, in no order.
  ///
  /// - Throws: `Failure` when the folder cannot be read.
  static func list(_ path: String, endings: [String]) throws(Failure) -> [String] {
    guard let folder = path.withRawPath({ opendir($0) }) else {
      throw systemFailure("cannot open the folder", path)
    }
    defer { closedir(folder) }
    let endings = endings.map { Array($0.utf8) }
    let nameOffset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
    var names: [String] = []
    errno = 0
    while let record = readdir(folder) {
      let start = (UnsafeRawPointer(record) + nameOffset).assumingMemoryBound(to: CChar.self)
      let name = UnsafeRawBufferPointer(start: start, count: strlen(start))
      if name.first != UInt8(ascii: "."), Int32(record.pointee.d_type) != Int32(DT_DIR),
        endings.contains(where: { name.count >= $0.count && name.suffix($0.count).elementsEqual($0) })
      {
        names.append(String(rawBytes: name))
      }
      errno = 0
    }
    guard errno == 0 else { throw systemFailure("cannot read the folder", path) }
    return names
  }
}
