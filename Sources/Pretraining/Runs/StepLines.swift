import Foundation
import Platform

/// A file of JSON objects with a `step`, one a line, that a run appends to.
final class StepLines {
  private let file: FileHandle
  private let path: String

  /// Opens the file; lines of steps after `step` are dropped, because a resumed run repeats them.
  init(_ url: URL, resumingAfter step: Int) throws(Failure) {
    try Self.keepLines(of: url, upTo: step)
    guard let handle = try? FileHandle(forWritingTo: url) else {
      throw systemFailure("cannot open the log", url.path)
    }
    handle.seekToEndOfFile()
    file = handle
    path = url.path
  }

  func append(_ line: some Encodable) throws(Failure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do {
      var data = try encoder.encode(line)
      data.append(0x0a)
      try file.write(contentsOf: data)
    } catch {
      throw systemFailure("cannot write the log", path)
    }
  }

  private static func keepLines(of url: URL, upTo step: Int) throws(Failure) {
    struct Step: Decodable { let step: Int }
    let old = (try? Data(contentsOf: url)) ?? Data()
    var kept = Data()
    for line in old.split(separator: 0x0a) {
      guard let decoded = try? JSONDecoder().decode(Step.self, from: Data(line)), decoded.step <= step else {
        continue
      }
      kept.append(contentsOf: line)
      kept.append(0x0a)
    }
    try AtomicFile.write(kept, to: url)
  }
}
