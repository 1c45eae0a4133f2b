import Foundation

/// What a study writes besides its run folders, by name.
public enum StudyOutput: String, CaseIterable, Sendable {
  /// A line a run, for other programs.
  case results = "results.csv"
  /// The tables as Markdown.
  case markdown = "table.md"
  /// The tables and curves as a page.
  case page = "table.html"
  /// In the folder of a variant, a `StudyBudgetRecord`: the steps that fit into a budget of seconds.
  case budget = "budget.json"
  /// In the folder of a variant while that is measured: the recipe.
  case measuredRecipe = "measurement.yaml"
  /// In the folder of a variant while that is measured: what was found.
  case measurement = "measurement.json"

  /// Its place in a folder.
  public func url(in folder: URL) -> URL { folder.appendingPathComponent(rawValue) }
}
