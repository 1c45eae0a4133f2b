/// What every variant of a seam says about itself; `vitrail list` prints it.
public protocol Variant {
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

/// Looks a variant up by its name or one of its aliases, whatever their case and dashes.
///
/// - Throws: `Failure` that lists the names and suggests the nearest.
public func findVariant<V>(
  _ name: String, among all: [V], named: (V) -> String, kind: String, at place: String
) throws(Failure) -> V {
  if let found = firstVariant(name, among: all, named: named) { return found }
  throw Failure(
    "unknown \(kind) '\(name.shortened(to: 100))'", at: place,
    mend: Spelling.remedy(for: name, among: all.map(named)))
}

/// The registered name of what `name` means among variants; nil when there is none.
public func registeredName(of name: String, among all: [any Variant.Type]) -> String? {
  firstVariant(name, among: all) { $0.name }?.name
}

private func firstVariant<V>(_ name: String, among all: [V], named: (V) -> String) -> V? {
  if let exact = all.first(where: { named($0) == name }) { return exact }
  let plain = plainName(name)
  return all.first { candidate in
    let aliases = (candidate as? any Variant.Type)?.aliases ?? []
    return ([named(candidate)] + aliases).contains { plainName($0) == plain }
  }
}

/// A name without what is written one way here and another way there: `moco-v3`, `MoCo_v3` and `mocoV3` are one.
func plainName(_ name: String) -> String {
  name.lowercased().filter { !"-_ ".contains($0) }
}
