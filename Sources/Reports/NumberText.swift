import Foundation

/// Numbers as people read them, the same in every locale.
package enum NumberText {
  /// A fixed number of decimals (0…12); `trimmed` drops zeros at the end.
  package static func fixed(_ value: Double, decimals: Int, trimmed: Bool = false) -> String {
    var text = String(format: "%.\(min(12, max(0, decimals)))f", value)
    if trimmed && text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text == "-0" ? "0" : text
  }

  /// Four significant digits: `0.4123`, `1234`, `1.5e-4`; `not finite` for what is no number.
  package static func measured(_ value: Double) -> String {
    guard value.isFinite else { return "not finite" }
    guard value != 0 else { return "0" }
    let exponent = Int(log10(value.magnitude).rounded(.down))
    if (-3..<6).contains(exponent) { return fixed(value, decimals: 3 - exponent) }
    return fixed(value / pow(10, Double(exponent)), decimals: 3, trimmed: true) + "e\(exponent)"
  }

  /// A whole number with thousands separated: `1,234,567`.
  package static func grouped(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// A share 0…1 as a percentage with one decimal: `12.3 %`.
  package static func percentage(_ share: Double) -> String {
    share.isFinite ? fixed(share * 100, decimals: 1) + " %" : "not finite"
  }

  /// A duration in its two largest units: `3 d 4 h`, `2 h 5 min`, `4 min 3 s`, `12 s`.
  package static func duration(seconds: Double) -> String {
    guard seconds >= 0, seconds < 1e15 else { return "unknown" }
    let total = Int(seconds.rounded())
    let (days, hours, minutes) = (total / 86_400, total / 3600 % 24, total / 60 % 60)
    if days > 0 { return "\(days) d \(hours) h" }
    if hours > 0 { return "\(hours) h \(minutes) min" }
    if minutes > 0 { return "\(minutes) min \(total % 60) s" }
    return seconds < 10 ? fixed(seconds, decimals: 1) + " s" : "\(total) s"
  }
}
