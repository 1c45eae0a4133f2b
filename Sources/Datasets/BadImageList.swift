import Foundation
import Platform
import Records

/// The file of bad images: a line `path<TAB>reason` each, appended when one is found.
struct BadImageList: Sendable {
  /// The most bytes of an older list that are read.
  private static let maximumBytes = 1 << 30

  /// Its name in the folder of a run, and in one of shards.
  static let fileName = RunFile.badImages.name

  let path: String

  /// The entries that an earlier run left; a last line cut short by a crash is taken away.
  func load() throws(Failure) -> [(location: String, reason: String)] {
    let descriptor = path.withRawPath { open($0, O_RDWR | O_CLOEXEC) }
    if descriptor < 0 && errno == ENOENT { return [] }
    guard descriptor >= 0 else { throw systemFailure("cannot open the list of bad images", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw systemFailure("cannot read the list of bad images", path)
    }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.maximumBytes else {
      throw Failure(
        "not a list of bad images: no regular file, or above \(Self.maximumBytes) bytes", at: path,
        mend: "move it away")
    }
    var bytes: Data
    do {
      bytes = try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() ?? Data()
    } catch {
      throw systemFailure("cannot read the list of bad images", path)
    }
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    if whole < bytes.count {
      bytes = bytes.prefix(whole)
      guard ftruncate(descriptor, off_t(whole)) == 0 else {
        throw systemFailure("cannot mend the list of bad images", path)
      }
    }
    return String(rawBytes: bytes).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
      return (Self.unescaped(fields[0]), fields.count > 1 ? Self.unescaped(fields[1]) : "")
    }
  }

  /// Appends one line.
  func append(location: String, reason: String) throws(Failure) {
    let descriptor = path.withRawPath { open($0, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644) }
    guard descriptor >= 0 else { throw systemFailure("cannot open the list of bad images", path) }
    defer { close(descriptor) }
    let line = "\(Self.escaped(location))\t\(Self.escaped(reason))\n".rawBytes
    guard write(descriptor, line, line.count) == line.count else {
      throw systemFailure("cannot write the list of bad images", path)
    }
  }

  private static let escapes: [Character: Character] = ["\\": "\\", "\n": "n", "\r": "r", "\t": "t"]
  private static let originals = Dictionary(uniqueKeysWithValues: escapes.map { ($1, $0) })

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if let letter = escapes[Character(scalar)] {
        result += "\\\(letter)"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func unescaped(_ text: Substring) -> String {
    var result = ""
    var followsBackslash = false
    for scalar in text.unicodeScalars {
      if followsBackslash {
        result.append(originals[Character(scalar)] ?? Character(scalar))
        followsBackslash = false
      } else if scalar == "\\" {
        followsBackslash = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
