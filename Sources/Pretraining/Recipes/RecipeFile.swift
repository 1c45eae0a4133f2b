import Foundation
import Platform
import Yams

/// Reads and writes recipes as YAML.
public enum RecipeFile {
  /// Reads a recipe: `name` is a file, or the name of one in `folders` or of one that is built in; `extends:` lays it over
  /// another; `overrides` are `key.path=value` with the value in YAML; `base` is what it is laid over; `variants` is what
  /// the recipe may name.
  ///
  /// - Throws: `Failure` that names the file, the key path, what was found and what is allowed.
  public static func load(
    _ name: String?, folders: [URL] = [], overrides: [String] = [], over base: JSONValue = .object([:]),
    variants: RunVariants = RunVariants()
  ) throws(Failure) -> Recipe {
    var tree = base
    var place = "the default recipe"
    if let name {
      let source = try RecipeSource.find(name, .recipe, in: folders, option: "--recipe")
      place = source.place
      tree = tree.overlaid(with: try read(source, folders: folders, variants: variants))
    }
    for override in overrides {
      tree = tree.overlaid(with: variants.registeringNames(in: try parse(override: override)))
    }
    if !overrides.isEmpty { place += " and the command line" }
    return try Recipe(tree.removingNulls, variants: variants, at: place)
  }

  /// The keys that a recipe and overrides set, as `load` reads them, without any default.
  ///
  /// - Throws: `Failure` as `load` does.
  public static func settings(
    _ name: String?, folders: [URL], overrides: [String] = [], variants: RunVariants = RunVariants()
  ) throws(Failure) -> JSONValue {
    var tree = JSONValue.object([:])
    if let name {
      let source = try RecipeSource.find(name, .recipe, in: folders, option: "--recipe")
      tree = try read(source, folders: folders, variants: variants)
    }
    for override in overrides {
      tree = tree.overlaid(with: variants.registeringNames(in: try parse(override: override)))
    }
    return tree
  }

  /// What there is by name, in `folders` and built in.
  public static func available(_ kind: RecipeSource.Kind = .recipe, in folders: [URL] = []) -> [RecipeSource]
  {
    RecipeSource.available(kind, in: folders)
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

  /// The keys of a recipe, over those of the recipe that it extends.
  static func read(
    _ source: RecipeSource, folders: [URL], variants: RunVariants = RunVariants(), depth: Int = 0
  ) throws(Failure) -> JSONValue {
    let tree = try YAMLTree.parse(source.text, at: source.place)
    guard let tree, tree != .object([:]), tree != .null else {
      throw Failure(
        "the recipe is empty", at: source.place, mend: "give it keys, such as model: and train:, or another")
    }
    guard case .object(var object) = tree else {
      throw Failure(
        "a recipe holds keys, such as model: and train:", at: source.place, mend: "see vitrail list recipes")
    }
    let base = object.removeValue(forKey: "extends")
    let keys = variants.registeringNames(in: .object(object))
    guard let base else { return keys }
    guard case .string(let name) = base, depth < 8 else {
      throw Failure(
        "extends: wants the name of another recipe, in no circle", at: source.place, mend: "correct extends:")
    }
    let below = try RecipeSource.find(
      name, .recipe, in: (source.folder.map { [$0] } ?? []) + folders, option: "\(source.place): extends")
    return try read(below, folders: folders, variants: variants, depth: depth + 1).overlaid(with: keys)
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

  /// The tree that YAML text holds; an object without keys where there is nothing.
  static func parse(_ text: String, at place: String) throws(Failure) -> JSONValue {
    try YAMLTree.parse(text, at: place) ?? .object([:])
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
