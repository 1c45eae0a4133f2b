/// What a terminal shows that wraps its lines anew when its width changes.
struct ScreenModel {
  /// The columns of the terminal; lines that do not fit any more continue on the next row.
  var columns: Int
  /// Lines as they were written, whatever rows they take.
  private(set) var lines: [[Character]] = [[]]
  private var line = 0
  private var offset = 0

  init(columns: Int) { self.columns = columns }

  /// The rows that are shown, empty ones left out.
  var rows: [String] {
    lines.flatMap { line in
      stride(from: 0, to: line.count, by: columns).map { String(line[$0..<min($0 + columns, line.count)]) }
    }.filter { !$0.allSatisfy(\.isWhitespace) }
  }

  /// Writes text with `\\r`, `\\n` and the sequence that erases to the end of the screen.
  mutating func write(_ text: String) {
    var rest = text[...]
    while let first = rest.first {
      if rest.hasPrefix("\u{1b}[J") {
        lines[line] = Array(lines[line].prefix(offset))
        lines.removeLast(lines.count - line - 1)
        rest = rest.dropFirst(3)
        continue
      }
      rest = rest.dropFirst()
      switch first {
      case "\r": offset -= offset % columns
      case "\n", "\r\n": lineFeed()
      default: put(first)
      }
    }
  }

  private mutating func lineFeed() {
    let row = offset / columns
    if (row + 1) * columns < lines[line].count {
      offset = (row + 1) * columns
    } else {
      line += 1
      offset = 0
      if line == lines.count { lines.append([]) }
    }
  }

  private mutating func put(_ character: Character) {
    if offset < lines[line].count { lines[line][offset] = character } else { lines[line].append(character) }
    offset += 1
  }
}
