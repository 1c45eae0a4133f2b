import Foundation
import Platform

/// A study as its YAML file holds it: variants of a recipe at equal budget, in one table or several.
public struct StudyFile: Codable, Sendable, Equatable {
  /// What the study is called; also of its only table where there are no `tables`.
  public var name = ""
  /// The recipe that variants change: a file or a name; absent: the defaults.
  public var base: String?
  /// Keys of the recipe for all variants.
  public var set: [String: JSONValue] = [:]
  /// Where images are.
  public var data = StudyData()
  /// Every variant runs once with each of these seeds.
  public var seeds: [UInt64] = [0, 1, 2]
  /// What a run may take.
  public var budget: StudyBudget?
  /// How the encoders are scored.
  public var evaluate = StudyEvaluation()
  /// The variants of a study with one table.
  public var variants: [StudyVariant] = []
  /// Keys with several values each: every combination is a variant, of each of `variants` where there are any.
  public var grid: [String: [JSONValue]] = [:]
  /// Several tables, instead of `variants` and `grid`.
  public var tables: [StudyTable] = []

  /// The defaults.
  public init() {}

  /// Reads a study: `name` is a file, or the name of one in `studies/` below `folders` or of one that is built in.
  ///
  /// - Throws: `Failure` that names the file, the key path, what was found and what is allowed.
  public static func load(
    _ name: String, folders: [URL] = []
  ) throws(Failure) -> (study: StudyFile, source: RecipeSource) {
    let below = folders.map { $0.appendingPathComponent("studies") }
    let source = try RecipeSource.find(name, .study, in: below, option: "the study")
    let tree = JSONValue.encoding(StudyFile()).overlaid(
      with: try RecipeFile.parse(source.text, at: source.place))
    let study = try StrictDecoder.decode(StudyFile.self, from: tree, at: source.place)
    try located(source.place, separator: ": ") { () throws(Failure) in try study.validate() }
    return (study, source)
  }

  /// All tables: those listed, or the one that `variants` and `grid` make.
  public var allTables: [StudyTable] {
    tables.isEmpty ? [StudyTable(name: name, variants: variants, grid: grid)] : tables
  }

  private func validate() throws(Failure) {
    func require(_ holds: Bool, _ key: String, _ problem: String, _ remedy: String) throws(Failure) {
      if !holds { throw Failure(problem, at: key, mend: remedy) }
    }
    try require(!name.isEmpty, "name", "the study has no name", "add name: with a word")
    try require(!seeds.isEmpty, "seeds", "no seeds", "list at least one, such as [0]")
    try require(Set(seeds).count == seeds.count, "seeds", "a seed is listed twice", "list each once")
    try require(
      tables.isEmpty || (variants.isEmpty && grid.isEmpty), "tables",
      "tables beside variants or grid", "move these into a table of their own")
    try require(
      evaluate.limit ?? 1 > 0, "evaluate.limit", "limit is \(evaluate.limit ?? 0)", "choose a number above 0")
    guard let budget else {
      throw Failure("no budget", at: "budget", mend: "add budget: {steps: N} or {seconds: S}")
    }
    try located("budget") { () throws(Failure) in try budget.validate() }
    var names: Set<String> = []
    for table in allTables {
      let key = "table '\(table.name)'"
      try require(names.insert(table.name).inserted, key, "two tables of that name", "rename one")
      try require(!table.cells.isEmpty, key, "no variants", "list variants: or a grid:")
      var variants: Set<String> = []
      for cell in table.cells {
        try require(
          variants.insert(cell.name).inserted, key, "two variants called '\(cell.name)'", "rename one")
      }
    }
  }
}

/// The keys under `data:` of a study.
public struct StudyData: Codable, Sendable, Equatable {
  /// What is trained on; the train part of a set that comes in parts.
  public var train: String?
  /// What evaluators learn from; absent: the same.
  public var evaluationTrain: String?
  /// What they are measured on; the test part of a set that comes in parts. Absent: the test part of the same.
  public var evaluationTest: String?
}

/// The keys under `evaluate:` of a study.
public struct StudyEvaluation: Codable, Sendable, Equatable {
  /// The evaluators; none leaves the scores out.
  public var evaluators = ["linear", "knn"]
  /// Only that many images of each set.
  public var limit: Int?
}
