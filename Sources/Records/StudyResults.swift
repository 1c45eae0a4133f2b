/// What a study has found so far, table by table.
public struct StudyResults: Codable, Sendable, Equatable {
  /// A run with its seed.
  public struct Run: Codable, Sendable, Equatable {
    /// The seed.
    public var seed: UInt64
    /// Its folder, relative to the study's.
    public var folder: String
    /// What came of it; absent before it has ended.
    public var result: StudyRunResult?

    /// Creates a run.
    public init(seed: UInt64, folder: String, result: StudyRunResult?) {
      self.seed = seed
      self.folder = folder
      self.result = result
    }
  }

  /// A variant with its runs.
  public struct Row: Codable, Sendable, Equatable {
    /// The variant.
    public var name: String
    /// A run a seed.
    public var runs: [Run]

    /// Creates a row.
    public init(name: String, runs: [Run]) {
      self.name = name
      self.runs = runs
    }
  }

  /// A table of variants.
  public struct Table: Codable, Sendable, Equatable {
    /// The heading.
    public var name: String
    /// The variants.
    public var rows: [Row]

    /// Creates a table.
    public init(name: String, rows: [Row]) {
      self.name = name
      self.rows = rows
    }
  }

  /// The study.
  public var name: String
  /// The budget of a run: `2000 steps`, `90 s`.
  public var budget: String
  /// The tables.
  public var tables: [Table]

  /// Creates results.
  public init(name: String, budget: String, tables: [Table]) {
    self.name = name
    self.budget = budget
    self.tables = tables
  }
}
