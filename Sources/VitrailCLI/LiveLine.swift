import Platform

/// A bar and some fields on one line of a terminal, whatever its width.
///
/// The cursor rests at the line's beginning. When a terminal becomes narrower it wraps the line into several; the cursor
/// stays on the first of them, so that erasing from it to the end of the screen leaves nothing behind.
struct LiveLine {
  /// Goes to the beginning of the line and erases all from there.
  static let erasure = "\r\u{1b}[J"

  let fraction: Double
  let fields: [String]

  /// The line instead of the one before; the bar shrinks with the terminal, and fields are dropped from the end.
  func text(columns: Int) -> String {
    // The last column stays free: some terminals wrap when it is written.
    let room = max(1, columns - 1)
    let width = max(4, min(20, room / 8))
    let filled = Int((max(0, min(1, fraction)) * Double(width)).rounded(.down))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let percent = "\(Int((max(0, min(1, fraction)) * 100).rounded())) %"
    var line = "\(bar) \(percent)"
    for field in fields {
      guard Terminal.width(of: line) + 2 + Terminal.width(of: field) <= room else { break }
      line += "  \(field)"
    }
    return Self.erasure + Terminal.prefix(of: line, columns: room)
  }
}
