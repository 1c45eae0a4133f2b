import Foundation

/// The terminal behind standard error.
enum Terminal {
  /// Its columns at this moment; 80 where it does not say.
  static var columns: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The columns that a text takes.
  static func width(of text: some StringProtocol) -> Int { text.reduce(0) { $0 + width(of: $1) } }

  /// As many characters of a text as fit into some columns.
  static func prefix(of text: String, columns: Int) -> Substring {
    var (end, taken) = (text.startIndex, 0)
    while end < text.endIndex {
      taken += width(of: text[end])
      if taken > columns { break }
      end = text.index(after: end)
    }
    return text[..<end]
  }

  /// Two for what East Asian scripts and emoji take, none for what only changes its neighbour.
  private static func width(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x300...0x36f, 0x200b...0x200f, 0xfe00...0xfe0f, 0..<0x20, 0x7f..<0xa0: return 0
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
      0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
      return 2
    default: return 1
    }
  }
}
