import Platform
import Yams

/// YAML text as a tree of plain values, no larger than a recipe may be.
enum YAMLTree {
  /// Bytes of text; the longest recipe that is built in has some thousand.
  static let largestText = 1 << 20
  /// Values of the tree, each alias counted as what it stands for: a few lines of aliases can stand for gigabytes.
  private static let mostValues = 100_000
  /// Aliases, and the bytes of a text that has some: what they stand for is bounded before the text is read.
  private static let mostAliases = 32
  private static let largestTextWithAliases = 1 << 16

  /// The tree; nil where the text holds nothing but blanks and comments.
  ///
  /// - Throws: `Failure` that names `place` and the line of what is no YAML, too large, or a key that is there twice.
  static func parse(_ text: String, at place: String) throws(Failure) -> JSONValue? {
    guard text.utf8.count <= largestText else {
      throw Failure("\(text.utf8.count) bytes of YAML", at: place, mend: "give at most \(largestText)")
    }
    let aliases = text.matches(of: /(^|[\s\[{,:?-])\*[^\s*]/.anchorsMatchLineEndings()).count
    guard aliases <= mostAliases && (aliases == 0 || text.utf8.count <= largestTextWithAliases) else {
      throw Failure(
        "\(aliases) aliases in \(text.utf8.count) bytes of YAML", at: place,
        mend: "write the values out; \(mostAliases) aliases in \(largestTextWithAliases) bytes are allowed")
    }
    let node: Node?
    do {
      node = try compose(yaml: text)
    } catch {
      throw failure(error, at: place)
    }
    var left = mostValues
    return try node.map { (node) throws(Failure) in try tree(node, at: place, left: &left) }
  }

  private static func tree(_ node: Node, at place: String, left: inout Int) throws(Failure) -> JSONValue {
    left -= 1
    guard left >= 0 else {
      throw Failure(
        "more than \(mostValues) values, aliases counted as what they stand for", at: place,
        mend: "give a recipe of some hundred keys")
    }
    switch node {
    case .mapping(let mapping):
      var object: [String: JSONValue] = [:]
      for (key, value) in mapping {
        let line = "\(place): line \(key.mark?.line ?? 0)"
        guard let name = key.string else {
          throw Failure("a key that is no word", at: line, mend: "write key: value")
        }
        guard object.updateValue(try tree(value, at: place, left: &left), forKey: name) == nil else {
          throw repeated(name, at: line)
        }
      }
      return .object(object)
    case .sequence(let sequence):
      var array: [JSONValue] = []
      for element in sequence { array.append(try tree(element, at: place, left: &left)) }
      return .array(array)
    case .alias: return .null
    case .scalar(let scalar):
      switch Resolver.default.resolveTag(of: node) {
      case .null: return .null
      case .bool: return node.bool.map(JSONValue.bool) ?? .string(scalar.string)
      case .int: return node.int.map(JSONValue.integer) ?? .string(scalar.string)
      case .float: return node.float.map(JSONValue.number) ?? .string(scalar.string)
      default: return .string(scalar.string)
      }
    }
  }

  private static func failure(_ error: any Error, at place: String) -> Failure {
    if case YamlError.duplicatedKeysInMapping(let keys, let context) = error {
      return repeated(keys.first ?? "", at: "\(place): line \(context.mark.line)")
    }
    let lines = "\(error)".split(whereSeparator: \.isNewline)
    return Failure(
      "not valid YAML: \(lines.joined(separator: " ").shortened(to: 400))", at: place,
      mend: "correct the syntax")
  }

  private static func repeated(_ key: String, at place: String) -> Failure {
    Failure("the key '\(key.shortened(to: 100))' is there twice", at: place, mend: "keep one of the two")
  }
}
