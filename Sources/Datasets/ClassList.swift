import Foundation
import Platform

/// A list of the names of classes, a line each: `classes.txt`.
package enum ClassList {
  /// The most bytes of a list.
  private static let maximumBytes = 64 << 20

  /// The names at `path`, whatever ends the lines, in their order; nil where there is nothing.
  ///
  /// - Throws: `Failure` when it cannot be read, or is too large to be a list of names.
  package static func read(_ path: String) throws(Failure) -> [String]? {
    var status = stat()
    guard path.withRawPath({ stat($0, &status) }) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= maximumBytes else {
      throw Failure("not a list of classes", at: path, mend: "give a text with the name of a class a line")
    }
    let bytes = try WholeFile.read(path, maximumBytes: maximumBytes)
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let text = String(rawBytes: bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...])
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map(String.init)
  }
}
