import Foundation

/// How the classes of one set are found among those of another: by name, or by value where all names of both sets are
/// numbers, so that `1` and `1.0` are one class.
package struct ClassMatch {
  /// The place of each of the names among those that are known; nil where it is unknown.
  package let places: [Int?]
  private let names: [String]
  private let known: [String]

  /// Finds `names` among `known`.
  package init(_ names: [String], among known: [String]) {
    self.names = names
    self.known = known
    let byName = Dictionary(known.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let values = Self.values(of: known)
    let own = values == nil ? nil : Self.values(of: names)
    let byValue = Dictionary(
      (values ?? []).enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    places = names.indices.map { index in byName[names[index]] ?? own.flatMap { byValue[$0[index]] } }
  }

  /// The number that a label is, where it is a finite decimal one.
  static func value(of text: String) -> Double? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }),
      let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  private static func values(of names: [String]) -> [Double]? {
    let values = names.compactMap(value(of:))
    return values.count == names.count ? values : nil
  }

  /// What the names of both sets differ in, where it can be told.
  package var difference: String? {
    if let pair = pair({ $0.trimmingCharacters(in: .whitespacesAndNewlines) }) {
      return "“\(pair.0)” and “\(pair.1)” differ in blanks"
    }
    if let pair = pair({ $0.trimmingCharacters(in: .whitespacesAndNewlines).lowercased() }) {
      return "“\(pair.0)” and “\(pair.1)” differ in capitals"
    }
    if let pair = pair({ $0.lowercased().filter { $0.isLetter || $0.isNumber } }) {
      return "“\(pair.0)” and “\(pair.1)” differ in signs"
    }
    let areNumbers = (Self.values(of: names) != nil, Self.values(of: known) != nil)
    guard areNumbers.0 != areNumbers.1 else { return nil }
    return "one set has numbers and the other has names"
  }

  private func pair(_ simplified: (String) -> String) -> (String, String)? {
    let places = Dictionary(known.map { (simplified($0), $0) }, uniquingKeysWith: { first, _ in first })
    for name in names {
      let simple = simplified(name)
      if !simple.isEmpty, let found = places[simple] { return (name, found) }
    }
    return nil
  }
}
