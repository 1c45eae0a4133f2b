import Foundation
import Platform

/// The labels in archives, and what classes they stand for.
struct ShardLabels {
  private var numbers: [String: Int32] = [:]
  private var texts: [String] = []
  // Where each label was met first.
  private var places: [String] = []

  /// The number of a label among those met, for `resolved`.
  mutating func number(of text: String, at place: @autoclosure () -> String) -> Int32 {
    if let number = numbers[text] { return number }
    let number = Int32(texts.count)
    numbers[text] = number
    texts.append(text)
    places.append(place())
    return number
  }

  /// The label in a `.cls` member; nil in an empty one.
  static func text(cls bytes: [UInt8]) -> String? {
    let text = String(rawBytes: bytes).trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? nil : text
  }

  /// The label under `label` in a `.json` member; nil without one.
  static func text(json bytes: [UInt8], at place: String) throws(Failure) -> String? {
    guard let tree = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
      throw Failure("not valid JSON", at: place, mend: "mend the member, or take it out")
    }
    switch tree["label"] {
    case nil, .null: return nil
    case .integer(let number): return String(number)
    case .number(let number): return "\(number)"
    case .string(let text): return self.text(cls: text.rawBytes)
    case let other?:
      throw Failure(
        "the label is \(other.summary)", at: place, mend: "give the number or the name of a class")
    }
  }

  /// The classes, and the class of each label met.
  ///
  /// With a list, a whole number is a place in it and any other text one of its names; lines of one name are one class.
  /// Without, the classes are the labels met: in the order of their values when all are numbers, else of their bytes.
  ///
  /// - Throws: `Failure` for a label that the list does not have.
  func resolved(list: [String]?) throws(Failure) -> (classNames: [String], classes: [Int32]) {
    guard let list else { return met }
    var (names, places): ([String], [String: Int32]) = ([], [:])
    let lines = list.map { name in
      if let place = places[name] { return place }
      places[name] = Int32(names.count)
      names.append(name)
      return Int32(names.count - 1)
    }
    var classes: [Int32] = []
    for (text, place) in zip(texts, self.places) {
      guard
        let found = Self.whole(text).flatMap({ lines.indices.contains($0) ? lines[$0] : nil }) ?? places[text]
      else {
        throw Failure(
          "a label '\(text)', which is not among the \(list.count) classes of classes.txt", at: place,
          mend: "complete classes.txt, or remove it")
      }
      classes.append(found)
    }
    return (names, classes)
  }

  /// The whole number that a text is, as `3` or `3.0`.
  private static func whole(_ text: String) -> Int? {
    Int(text) ?? ClassMatch.value(of: text).flatMap { Int(exactly: $0) }
  }

  private var met: (classNames: [String], classes: [Int32]) {
    var names = LabelNames()
    for text in texts { _ = names.number(of: text.rawBytes) }
    let (ranked, ranks) = names.ranked
    let numbers = ranked.compactMap(Self.whole)
    return (numbers.count == ranked.count ? numbers.map(String.init) : ranked, ranks)
  }
}
