import Platform

/// What `PrefetchRing` needs to know to make numbered batches row by row, on any thread.
protocol BatchProducer: Sendable {
  /// A batch in work: its memory, and what goes where.
  associatedtype Draft: Sendable
  /// What came of one row.
  associatedtype Row: Sendable
  /// A finished batch.
  associatedtype Batch: Sendable

  /// Takes memory for a batch.
  func draft(_ number: Int) -> (draft: Draft, rowCount: Int)
  /// Fills one row; rows of one draft are filled at the same time.
  func fill(_ row: Int, of draft: Draft) throws(Failure) -> Row
  /// Makes the batch from a draft whose rows are all filled.
  func finish(_ draft: Draft, rows: [Row]) -> Batch
}
