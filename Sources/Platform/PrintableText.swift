extension StringProtocol {
  /// The text on one line as a terminal may show it. Control characters could move its cursor or change its colours, and
  /// marks of direction turn words round: each is written as `\u{1B}`.
  public var printable: String {
    guard unicodeScalars.contains(where: isUnprintable) else { return String(self) }
    var text = ""
    for scalar in unicodeScalars {
      if isUnprintable(scalar) {
        text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The same line by line: the ends of lines stay.
  public var printableLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map(\.printable).joined(separator: "\n")
  }

  /// The text, or where it has more than `limit` characters its start and its end.
  public func shortened(to limit: Int) -> String {
    guard utf8.count > limit, count > limit else { return String(self) }
    let tail = limit / 4
    return "\(prefix(limit - tail))… (\(count - limit) more characters) …\(suffix(tail))"
  }
}

private func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
  default: false
  }
}
