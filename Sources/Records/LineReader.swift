import Foundation
import Platform

/// Reads a text file line by line in bounded memory, however large the file.
public enum LineReader {
  /// What is kept of a longer line; the rest of it is passed over.
  public static let longestLine = 1 << 20

  /// Calls `body` with every line, without its newline; a last line needs none.
  ///
  /// - Parameter limit: how many bytes of the file to read at most.
  /// - Throws: `Failure` when the file cannot be opened or read.
  public static func forEachLine(
    of url: URL, limit: Int = .max, _ body: (ArraySlice<UInt8>) -> Void
  ) throws(Failure) {
    let newline = UInt8(ascii: "\n")
    let file = try open(url)
    var remaining = limit
    var pending: [UInt8] = []
    while remaining > 0 {
      let chunk = try read(file, upToCount: min(remaining, 1 << 18), url)
      if chunk.isEmpty { break }
      remaining -= chunk.count
      var start = chunk.startIndex
      while let end = chunk[start...].firstIndex(of: newline) {
        if pending.isEmpty {
          body(chunk[start..<end])
        } else {
          keep(chunk[start..<end], in: &pending)
          body(pending[...])
          pending.removeAll(keepingCapacity: true)
        }
        start = end + 1
      }
      keep(chunk[start...], in: &pending)
    }
    if !pending.isEmpty { body(pending[...]) }
  }

  private static func keep(_ piece: ArraySlice<UInt8>, in pending: inout [UInt8]) {
    pending += piece.prefix(longestLine - pending.count)
  }

  private static func open(_ url: URL) throws(Failure) -> FileHandle {
    do {
      return try FileHandle(forReadingFrom: url)
    } catch {
      throw unreadable(url, error)
    }
  }

  private static func read(_ file: FileHandle, upToCount count: Int, _ url: URL) throws(Failure) -> [UInt8] {
    do {
      return [UInt8](try file.read(upToCount: count) ?? Data())
    } catch {
      throw unreadable(url, error)
    }
  }

  private static func unreadable(_ url: URL, _ error: any Error) -> Failure {
    Failure(
      "cannot read the file: \(error.localizedDescription)", at: url.path,
      mend: "check that it is a file you may read")
  }
}
