import Platform

/// Rows of fields that commas or tabs separate, with quotes as RFC 4180 (Shafranovich, 2005) has them: a field in
/// quotes may hold delimiters, line ends and, doubled, quotes. Lines end in LF, CR LF or CR; empty lines are passed
/// over.
struct DelimitedRows {
  /// A field and where it starts.
  struct Field {
    let text: [UInt8]
    let position: TextPosition
  }

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private let bytes: ArraySlice<UInt8>
  private let delimiter: UInt8
  private let path: String
  private var place: Int
  private var line = 1
  private var lineStart: Int

  /// Reads rows from `bytes`, those of the file at `path`.
  init(_ bytes: ArraySlice<UInt8>, delimiter: UInt8, path: String) {
    self.bytes = bytes
    self.delimiter = delimiter
    self.path = path
    place = bytes.startIndex
    lineStart = bytes.startIndex
  }

  /// The next row; nil after the last.
  ///
  /// - Throws: `Failure` with line and column where quotes are not as they must be.
  mutating func next() throws(Failure) -> [Field]? {
    while place < bytes.endIndex && isLineEnd(bytes[place]) { endLine() }
    guard place < bytes.endIndex else { return nil }
    var fields = [try field()]
    while place < bytes.endIndex && bytes[place] == delimiter {
      place += 1
      fields.append(try field())
    }
    if place < bytes.endIndex { endLine() }
    return fields
  }

  /// What separates fields, for messages.
  var separatorName: String {
    delimiter == UInt8(ascii: "\t") ? "tabs" : "'\(Character(Unicode.Scalar(delimiter)))'"
  }

  private var position: TextPosition {
    TextPosition(path: path, line: line, before: bytes[lineStart..<place])
  }

  private mutating func field() throws(Failure) -> Field {
    let start = position
    if place < bytes.endIndex && bytes[place] == Self.quote {
      return Field(text: try quoted(from: start), position: start)
    }
    let first = place
    while place < bytes.endIndex && bytes[place] != delimiter && !isLineEnd(bytes[place]) {
      guard bytes[place] != Self.quote else {
        throw position.failure(
          "a quote inside a field without quotes", mend: "put the field in quotes and double those inside")
      }
      place += 1
    }
    return Field(text: Array(bytes[first..<place]), position: start)
  }

  private mutating func quoted(from start: TextPosition) throws(Failure) -> [UInt8] {
    var text: [UInt8] = []
    place += 1
    while place < bytes.endIndex {
      let byte = bytes[place]
      if byte == Self.quote {
        place += 1
        guard place < bytes.endIndex, bytes[place] != delimiter, !isLineEnd(bytes[place]) else { return text }
        guard bytes[place] == Self.quote else {
          throw position.failure("text after a closing quote", mend: "double the quotes inside a field")
        }
        text.append(byte)
        place += 1
      } else if isLineEnd(byte) {
        let first = place
        endLine()
        text += bytes[first..<place]
      } else {
        text.append(byte)
        place += 1
      }
    }
    throw start.failure("a quote that is never closed", mend: "close it, or double the quotes inside a field")
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == Self.lineFeed || byte == Self.carriageReturn }

  private mutating func endLine() {
    let isPair =
      bytes[place] == Self.carriageReturn && place + 1 < bytes.endIndex && bytes[place + 1] == Self.lineFeed
    place += isPair ? 2 : 1
    line += 1
    lineStart = place
  }
}
