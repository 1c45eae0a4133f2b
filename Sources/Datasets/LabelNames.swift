import Foundation
import Platform

/// Labels by their texts, numbered as they are met, and in the end by their order.
///
/// Blanks around a label do not count, nor do the forms that Unicode has of one text.
struct LabelNames {
  private var numbers: [String: Int32] = [:]
  private var texts: [String] = []

  /// The number of a text for now; nil of one that is empty.
  mutating func number(of text: [UInt8]) -> Int32? {
    let text = Self.trimmed(text)
    if text.isEmpty { return nil }
    if let number = numbers[text] { return number }
    let number = Int32(texts.count)
    numbers[text] = number
    texts.append(text)
    return number
  }

  private static func trimmed(_ text: [UInt8]) -> String {
    let string = String(rawBytes: text)
    let isPlain = { (byte: UInt8?) in byte.map { (0x21...0x7e).contains($0) } ?? true }
    if isPlain(text.first) && isPlain(text.last) { return string }
    return string.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The texts in order, and the place in it of each number: by value where all are finite decimal numbers, those of one
  /// value as one, else by their bytes.
  var ranked: (texts: [String], ranks: [Int32]) {
    let values = texts.compactMap(ClassMatch.value(of:))
    let isNumeric = values.count == texts.count
    let order = texts.indices.sorted { left, right in
      if isNumeric && values[left] != values[right] { return values[left] < values[right] }
      let (first, second) = (texts[left].utf8, texts[right].utf8)
      if isNumeric && first.count != second.count { return first.count < second.count }
      return first.lexicographicallyPrecedes(second)
    }
    var ranks = [Int32](repeating: 0, count: order.count)
    var names: [String] = []
    for (place, number) in order.enumerated() {
      if !isNumeric || place == 0 || values[order[place - 1]] != values[number] {
        names.append(texts[number])
      }
      ranks[number] = Int32(names.count - 1)
    }
    return (names, ranks)
  }
}
