/// Labels by their texts, numbered as they are met, and in the end by their order.
struct LabelNames {
  private var numbers: [String: Int32] = [:]
  private var texts: [String] = []

  /// The number of a text for now.
  mutating func number(of text: [UInt8]) -> Int32 {
    let text = String(rawBytes: text)
    if let number = numbers[text] { return number }
    let number = Int32(texts.count)
    numbers[text] = number
    texts.append(text)
    return number
  }

  /// The texts in order, and the place in it of each number: by value where all are finite decimal numbers, else by
  /// their bytes, which also tell `1` from `01`.
  var ranked: (texts: [String], ranks: [Int32]) {
    let values = texts.compactMap(Self.value(of:))
    let isNumeric = values.count == texts.count
    let order = texts.indices.sorted { left, right in
      if isNumeric && values[left] != values[right] { return values[left] < values[right] }
      return texts[left].utf8.lexicographicallyPrecedes(texts[right].utf8)
    }
    var ranks = [Int32](repeating: 0, count: order.count)
    for (place, number) in order.enumerated() { ranks[number] = Int32(place) }
    return (order.map { texts[$0] }, ranks)
  }

  private static func value(of text: String) -> Double? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }),
      let value = Double(text), value.isFinite
    else { return nil }
    return value
  }
}
