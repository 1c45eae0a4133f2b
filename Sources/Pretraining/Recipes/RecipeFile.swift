import Foundation
import Platform
import Yams

/// Reads and writes recipes as YAML.
public enum RecipeFile {
  /// Reads a recipe: `name` is a file, or the name of one in `folders`; `extends:` lays it over another;
  /// `overrides` are `key.path=value` with the value in YAML; `base` is what it is laid over; `variants` is what the recipe
  /// may name.
  ///
  /// - Throws: `Failure` that names the file, the key path, what was found and what is allowed.
  public static func load(
    _ name: String?, folders: [URL], overrides: [String] = [], over base: JSONValue = .object([:]),
    variants: RunVariants = RunVariants()
  ) throws(Failure) -> Recipe {
    var tree = base
    var place = "the default recipe"
    if let name {
      let url = try find(name, folders: folders)
      place = url.path
      tree = tree.overlaid(with: try read(url, folders: folders))
    }
    for override in overrides {
      tree = tree.overlaid(with: try parse(override: override))
    }
    if !overrides.isEmpty { place += " and the command line" }
    return try Recipe(tree.removingNulls, variants: variants, at: place)
  }

  /// The keys that a recipe and overrides set, as `load` reads them, without any default.
  ///
  /// - Throws: `Failure` as `load` does.
  public static func settings(
    _ name: String?, folders: [URL], overrides: [String] = []
  ) throws(Failure) -> JSONValue {
    var tree = JSONValue.object([:])
    if let name { tree = try read(find(name, folders: folders), folders: folders) }
    for override in overrides { tree = tree.overlaid(with: try parse(override: override)) }
    return tree
  }

  /// The recipes in `folders`: name and the first line of the header.
  public static func available(in folders: [URL]) -> [(name: String, header: String)] {
    folders.flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.filter { $0.hasSuffix(".yaml") }.sorted().map { file in
        let text = (try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)) ?? ""
        let header = text.split(separator: "\n").first { $0.hasPrefix("#") }?.dropFirst() ?? ""
        return (String(file.dropLast(5)), header.trimmingCharacters(in: .whitespaces))
      }
    }
  }

  /// The recipe as YAML, keys in the order of their declaration.
  public static func text(_ recipe: Recipe) -> String {
    // The encoder knows the order of the keys but rounds numbers; their exact text comes from the tree.
    do {
      guard let node = try compose(yaml: YAMLEncoder().encode(recipe)) else { return "" }
      return try serialize(node: exact(node, JSONValue.encoding(recipe)))
    } catch {
      preconditionFailure("a recipe can always be written as YAML: \(error)")
    }
  }

  /// The file that a name means: a path, or a name in one of the folders; `kind` and `option` are for the message.
  static func find(
    _ name: String, folders: [URL], kind: String = "recipe", option: String = "--recipe"
  ) throws(Failure) -> URL {
    let candidates = [URL(fileURLWithPath: name)] + folders.map { $0.appendingPathComponent(name + ".yaml") }
    for url in candidates where FileManager.default.fileExists(atPath: url.path) { return url }
    let names = available(in: folders).map(\.name)
    throw Failure(
      "no \(kind) '\(name)'", at: option,
      mend: "give a file, or: " + Spelling.remedy(for: name, among: names))
  }

  /// The keys of a recipe's file, over those of the recipe that it extends.
  static func read(_ url: URL, folders: [URL], depth: Int = 0) throws(Failure) -> JSONValue {
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw Failure("cannot read the recipe", at: url.path, mend: "give a readable UTF-8 file")
    }
    guard case .object(var object) = try parse(text, at: url.path) else {
      throw Failure(
        "a recipe holds keys, such as model: and train:", at: url.path, mend: "see vitrail list recipes")
    }
    guard let base = object.removeValue(forKey: "extends") else { return .object(object) }
    guard case .string(let name) = base, depth < 8 else {
      throw Failure(
        "extends: wants the name of another recipe, in no circle", at: url.path, mend: "correct extends:")
    }
    let folder = url.deletingLastPathComponent()
    let below = try read(find(name, folders: [folder] + folders), folders: folders, depth: depth + 1)
    return below.overlaid(with: .object(object))
  }

  /// The tree of keys that `key.path=value` sets; the value is YAML.
  ///
  /// - Throws: `Failure` when it is not written so.
  public static func parse(override: String) throws(Failure) -> JSONValue {
    let parts = override.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw Failure(
        "'\(override)' sets nothing", at: "--set", mend: "write key=value, such as --set model.norm=rmsNorm")
    }
    return nest(try parse(String(parts[1]), at: "--set \(parts[0])"), at: String(parts[0]))
  }

  /// A tree that holds a value at a path of keys: `model.norm`.
  static func nest(_ value: JSONValue, at path: String) -> JSONValue {
    path.split(separator: ".").reversed().reduce(value) { .object([String($1): $0]) }
  }

  /// The tree that YAML text holds.
  static func parse(_ text: String, at place: String) throws(Failure) -> JSONValue {
    do {
      return try compose(yaml: text).map(tree) ?? .object([:])
    } catch {
      let lines = "\(error)".split(whereSeparator: \.isNewline)
      throw Failure("not valid YAML: \(lines.joined(separator: " "))", at: place, mend: "correct the syntax")
    }
  }

  private static func tree(_ node: Node) -> JSONValue {
    switch node {
    case .mapping(let mapping):
      return .object(
        Dictionary(mapping.map { ($0.key.string ?? "", tree($0.value)) }, uniquingKeysWith: { $1 }))
    case .sequence(let sequence):
      return .array(sequence.map(tree))
    case .alias:
      return .null
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

  /// `node` with every number written as the shortest text that reads back as the same number.
  private static func exact(_ node: Node, _ tree: JSONValue) -> Node {
    switch (node, tree) {
    case (.mapping(let mapping), .object(let object)):
      return .mapping(.init(mapping.map { ($0.key, exact($0.value, object[$0.key.string ?? ""] ?? .null)) }))
    case (.sequence(let sequence), .array(let array)):
      return .sequence(.init(zip(sequence, array).map { exact($0, $1) }, .implicit, .flow))
    case (.scalar, .number(let number)):
      return Node("\(number)")
    case (.scalar, .integer(let integer)):
      return Node("\(integer)")
    default:
      return node
    }
  }
}

extension JSONValue {
  /// The tree without keys whose value is null: null takes a key back to its absence.
  var removingNulls: JSONValue {
    guard case .object(let object) = self else { return self }
    return .object(object.filter { $0.value != .null }.mapValues(\.removingNulls))
  }
}
