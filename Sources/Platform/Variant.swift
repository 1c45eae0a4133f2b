/// What every variant of a seam says about itself; `vitrail list` prints it.
public protocol Variant {
  /// The name in recipes.
  static var name: String { get }
  /// What it computes, in a line.
  static var summary: String { get }
  /// Authors and year.
  static var source: String { get }
}

/// Looks a variant up by name.
///
/// - Throws: `Failure` that lists the names and suggests the nearest.
public func findVariant<V>(
  _ name: String, among all: [V], named: (V) -> String, kind: String, at place: String
) throws(Failure) -> V {
  for candidate in all where named(candidate) == name { return candidate }
  throw Failure(
    "unknown \(kind) '\(name)'", at: place, mend: Spelling.remedy(for: name, among: all.map(named)))
}
