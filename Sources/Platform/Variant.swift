/// What every variant of a seam says about itself; `vitrail list` prints it.
public protocol Variant {
  /// What a recipe may set beside the name.
  associatedtype Options: DefaultedOptions = NoOptions

  /// The name in recipes.
  static var name: String { get }
  /// What it computes, in a line.
  static var summary: String { get }
  /// Authors and year.
  static var source: String { get }
  /// Other names that papers and libraries have for it: recipes may use them, and are written with `name`.
  static var aliases: [String] { get }
}

extension Variant {
  /// Most are known by one name.
  public static var aliases: [String] { [] }
}

/// Looks something up by its name or one of its aliases, whatever their case and dashes.
///
/// - Throws: `Failure` that lists the names and suggests the nearest.
public func findVariant<V>(
  _ name: String, among all: [V], named: (V) -> String, aliases: (V) -> [String] = { _ in [] }, kind: String,
  at place: String
) throws(Failure) -> V {
  if let found = firstVariant(name, among: all, named: named, aliases: aliases) { return found }
  throw Failure(
    "unknown \(kind) '\(name.shortened(to: 100))'", at: place,
    mend: Spelling.remedy(for: name, among: all.map(named)))
}

func firstVariant<V>(
  _ name: String, among all: [V], named: (V) -> String, aliases: (V) -> [String]
) -> V? {
  if let exact = all.first(where: { named($0) == name }) { return exact }
  let plain = plainName(name)
  return all.first { candidate in
    ([named(candidate)] + aliases(candidate)).contains { plainName($0) == plain }
  }
}

/// A name without what is written one way here and another way there: `moco-v3`, `MoCo_v3` and `mocoV3` are one.
func plainName(_ name: String) -> String {
  name.lowercased().filter { !"-_ ".contains($0) }
}
