import Foundation
import Platform

/// The labels in archives, and what classes they stand for.
struct ShardLabels {
  /// The most bytes of a list of classes.
  private static let maximumListBytes = 64 << 20

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
    case .string(let text): return text
    case let other?:
      throw Failure(
        "the label is \(other.summary)", at: place, mend: "give the number or the name of a class")
    }
  }

  /// The classes, and the class of each label met.
  ///
  /// With a list, a whole number is a place in it and any other text one of its names. Without, the classes are the
  /// labels met: in the order of their numbers when all are whole numbers, else in the order of their bytes.
  ///
  /// - Throws: `Failure` for a label that the list does not have.
  func resolved(list: [String]?) throws(Failure) -> (classNames: [String], classes: [Int32]) {
    guard let list else { return met }
    let places = Dictionary(
      list.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
    var classes: [Int32] = []
    for (text, place) in zip(texts, self.places) {
      let found = Int(text).map { list.indices.contains($0) ? Int32($0) : nil } ?? places[text]
      guard let found else {
        throw Failure(
          "a label '\(text)', which is not among the \(list.count) classes of classes.txt", at: place,
          mend: "complete classes.txt, or remove it")
      }
      classes.append(found)
    }
    return (list, classes)
  }

  private var met: (classNames: [String], classes: [Int32]) {
    let values = texts.compactMap { Int($0) }
    guard values.count == texts.count else {
      let names = texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      return (names, Self.ranks(of: texts, among: names))
    }
    let distinct = Set(values).sorted()
    return (distinct.map(String.init), Self.ranks(of: values, among: distinct))
  }

  private static func ranks<Label: Hashable>(of labels: [Label], among sorted: [Label]) -> [Int32] {
    let ranks = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, Int32($0)) })
    return labels.compactMap { ranks[$0] }
  }

  /// The names in `classes.txt` of a folder, a line each; nil without one.
  ///
  /// - Throws: `Failure` when it cannot be read, or is too large to be a list of names.
  static func list(in folder: String) throws(Failure) -> [String]? {
    let path = folder + "/classes.txt"
    var status = stat()
    guard path.withRawPath({ stat($0, &status) }) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= maximumListBytes else {
      throw Failure("not a list of classes", at: path, mend: "give a text with the name of a class a line")
    }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw systemFailure("cannot read the list of classes", path)
    }
    var lines = String(rawBytes: bytes).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map(String.init)
  }
}
