import Foundation
import Platform

/// The runs of a study: every variant with every seed, each different recipe once.
public struct StudyPlan: Sendable {
  /// A run; its recipe has no length yet where the budget is in seconds.
  public struct Run: Sendable, Equatable {
    /// The folder of the variant, relative to the study's.
    public let variantFolder: String
    /// All that is trained.
    public let recipe: Recipe

    /// The folder of the run, relative to the study's.
    public var folder: String { "\(variantFolder)/seed-\(recipe.train.seed)" }
  }

  /// A variant of a table and its runs, a number in `runs` for each seed.
  public struct Row: Sendable {
    /// The variant.
    public let name: String
    /// Places in `StudyPlan.runs`.
    public let runs: [Int]
  }

  /// A table of variants.
  public struct Table: Sendable {
    /// The heading.
    public let name: String
    /// The variants.
    public let rows: [Row]
  }

  /// The tables.
  public let tables: [Table]
  /// All runs, those of the first seed first.
  public let runs: [Run]

  /// Makes the recipes of a study.
  ///
  /// Variants of several tables that come to the same recipe share their runs, which lie in the folder of the first.
  ///
  /// - Throws: `Failure` that names the variant whose recipe is not right.
  public init(_ study: StudyFile, at source: RecipeSource, folders: [URL] = []) throws(Failure) {
    let all = (source.folder.map { [$0] } ?? []) + folders
    var bases: [String: JSONValue] = [:]
    for name in [study.base] + study.allTables.flatMap(\.cells).map(\.base) {
      guard let name, bases[name] == nil else { continue }
      bases[name] = try RecipeFile.read(
        RecipeSource.find(name, .recipe, in: all, option: "\(source.place): base"), folders: all)
    }
    var runs: [Run] = []
    var tables = study.allTables.map { (name: $0.name, rows: [(name: String, runs: [Int])]()) }
    for seed in study.seeds {
      for (number, table) in study.allTables.enumerated() {
        for (place, cell) in table.cells.enumerated() {
          let base = (cell.base ?? study.base).flatMap { bases[$0] }
          let recipe = try Self.recipe(base ?? .object([:]), study, table, cell, seed: seed, at: source.place)
          let folder = "\(Self.word(table.name))/\(Self.word(cell.name))"
          let known = runs.firstIndex { $0.recipe == recipe }
          if known == nil { runs.append(Run(variantFolder: folder, recipe: recipe)) }
          if place == tables[number].rows.count { tables[number].rows.append((cell.name, [])) }
          tables[number].rows[place].runs.append(known ?? runs.count - 1)
        }
      }
    }
    self.tables = tables.map { table in
      Table(name: table.name, rows: table.rows.map { Row(name: $0.name, runs: $0.runs) })
    }
    self.runs = runs
    try Self.refuseSharedFolders(runs, at: source.place)
  }

  /// The recipe of a variant with a seed: base, then the keys of the study, of the table and of the variant.
  static func recipe(
    _ base: JSONValue, _ study: StudyFile, _ table: StudyTable, _ cell: StudyVariant, seed: UInt64,
    at place: String
  ) throws(Failure) -> Recipe {
    var tree = base
    for keys in [study.set, table.set ?? [:], cell.set ?? [:]] {
      for (path, value) in keys.sorted(by: { $0.key < $1.key }) {
        tree = tree.overlaid(with: RunVariants().registeringNames(in: RecipeFile.nest(value, at: path)))
      }
    }
    var recipe = try Recipe(tree.removingNulls, at: "\(place): table '\(table.name)', variant '\(cell.name)'")
    recipe.train.seed = seed
    if let train = study.data.train {
      recipe.data.path = URL(fileURLWithPath: train).standardizedFileURL.path
    }
    (recipe.train.epochs, recipe.train.steps, recipe.train.minutes) = (nil, nil, nil)
    if case .steps(let steps) = study.budget { recipe.train.steps = steps }
    return recipe
  }

  private static func refuseSharedFolders(_ runs: [Run], at place: String) throws(Failure) {
    var owners: Set<String> = []
    for run in runs where !owners.insert(run.folder).inserted {
      throw Failure(
        "two variants would share the folder \(run.folder)", at: place,
        mend: "give them names that differ in more than signs")
    }
  }

  /// A name as a folder: letters, digits, `.`, `_` and `-`, all else a dash.
  private static func word(_ name: String) -> String {
    let parts = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0))) }
    let word = parts.joined(separator: "-").prefix(80)
    return word.allSatisfy { $0 == "." } ? "variant" + word : String(word)
  }
}
