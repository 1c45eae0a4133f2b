import Platform

/// A key of a recipe, or an option of an evaluator, as `vitrail list keys` shows it.
public struct RecipeKey: Encodable, Sendable {
  /// Its path: `train.batchSize`; of options of a variant beside `kind`.
  public let name: String
  /// The variant whose option it is; nil where it is always there.
  public let kind: String?
  /// Its value where nothing is given; nil: it is absent.
  public let `default`: JSONValue?
  /// What it may be: a range, names, a kind of value.
  public let values: String
  /// What it means.
  public let summary: String

  init<Keys: RangedKeys>(
    _ key: String, of defaults: Keys, path: String, kind: String?, names: String?, summary: String
  ) {
    let tree = JSONValue.encoding(defaults)
    name = path + "." + key
    self.kind = kind
    self.default = tree[key]
    values = names ?? Self.values(key, Keys.self, tree)
    self.summary = summary
  }

  /// What the decoder wants in place of a text that is no value of anything, and the range.
  private static func values<Keys: RangedKeys>(_ key: String, _: Keys.Type, _ tree: JSONValue) -> String {
    func wanted(instead value: JSONValue) -> String {
      do throws(Failure) {
        _ = try StrictDecoder.decode(Keys.self, from: tree.overlaid(with: .object([key: value])), at: "")
        return "text"
      } catch {
        return error.problem.split(separator: "wanted ", maxSplits: 1).last.map(String.init) ?? error.problem
      }
    }
    var kind = wanted(instead: .string("?"))
    if kind == "a list" {
      let element = wanted(instead: .array([.string("?")]))
      kind = element == "text" ? "a list of names" : "a list, each \(element)"
    }
    guard let range = Keys.ranges[key]?.description, !kind.contains(range) else { return kind }
    let number = kind.replacing("a finite number", with: range).replacing(
      "a whole number", with: "whole, \(range)")
    return number == kind ? "\(kind), \(range)" : number
  }
}
