import Foundation
import Platform

/// Files of one JSON record, and of several, one a line.
public enum RecordFile {
  /// Writes a record as one line with sorted keys; the file is replaced as a whole.
  ///
  /// - Throws: `Failure` when the file cannot be written.
  public static func write(_ record: some Encodable, to url: URL) throws(Failure) {
    try AtomicFile.write(line(record), to: url)
  }

  /// A record as one line with sorted keys, its newline included.
  public static func line(_ record: some Encodable) -> Data {
    Data((JSONValue.encoding(record).text + "\n").utf8)
  }

  /// The record of a file; nil where there is none that can be read.
  public static func read<Record: Decodable>(_: Record.Type, from url: URL) -> Record? {
    (try? Data(contentsOf: url)).flatMap { try? JSONDecoder().decode(Record.self, from: $0) }
  }

  /// The lines of a text that are whole records; others, such as one that was cut short, are passed over.
  public static func lines<Record: Decodable>(_: Record.Type, in text: Data) -> [Record] {
    let decoder = JSONDecoder()
    return text.split(separator: UInt8(ascii: "\n")).compactMap {
      try? decoder.decode(Record.self, from: $0)
    }
  }

  /// The same of a file; none where there is no file.
  public static func lines<Record: Decodable>(_: Record.Type, of url: URL) -> [Record] {
    lines(Record.self, in: (try? Data(contentsOf: url)) ?? Data())
  }
}
