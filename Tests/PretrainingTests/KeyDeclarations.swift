import Foundation

/// The keys that the sources declare: stored public properties of types that are `RangedKeys` or `DefaultedOptions`, and
/// the entries of a list of `ModelKey`s, with the first paragraph of their doc comments.
struct KeyDeclarations {
  /// Lines `type, key, meaning`, separated by tabs.
  private(set) var text = ""

  init(below folder: URL) throws {
    let paths = FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []
    for path in paths.filter({ $0.hasSuffix(".swift") }).sorted() {
      read(try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8))
    }
  }

  private mutating func read(_ source: String) {
    var types: [(indent: Int, name: Substring, hasKeys: Bool)] = []
    var comment: [String] = []
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
      let words = line.drop { $0 == " " }
      let indent = line.count - words.count
      if words.hasPrefix("///") {
        comment.append(words.dropFirst(3).trimmingCharacters(in: .whitespaces))
        continue
      }
      if !words.isEmpty { while let last = types.last, last.indent >= indent { types.removeLast() } }
      if let type = words.prefixMatch(of: /(?:\w+ )?(?:extension|struct|enum|class|protocol) ([\w.]+)/) {
        let conformances = words.replacing(/<.*>/, with: "")  // a type that is generic over options has none
        let hasKeys = conformances.contains("DefaultedOptions") || conformances.contains("RangedKeys")
        types.append((indent, type.1, hasKeys))
      }
      // Of a long entry the second line has the name.
      if words == "ModelKey(" { continue }
      if let owner = types.last, owner.hasKeys,
        let key = Self.property(words, isMember: indent == owner.indent + 2) ?? Self.entry(words)
      {
        let meaning = comment.prefix { !$0.isEmpty }.joined(separator: " ")
        text += "\(types.map(\.name).joined(separator: "."))\t\(key)\t\(meaning)\n"
      }
      comment = []
    }
  }

  private static func property(_ words: Substring, isMember: Bool) -> Substring? {
    guard isMember, words.prefix(while: { $0 != "{" }).contains(" = ") || !words.contains("{") else {
      return nil
    }
    return words.prefixMatch(of: /public var `?(\w+)`?(?::| =)/)?.1
  }

  private static func entry(_ words: Substring) -> Substring? {
    words.prefixMatch(of: /(?:ModelKey\()?\.init\("(\w+)"/)?.1
  }
}
