import Platform

/// What retrieval measured.
public struct RetrievalResult: EvaluationResult, Equatable {
  /// The share of queries with a row of their class among the first k, by k.
  public let recall: [Int: Double]
  /// The mean over queries of the average precision among the first `depth`.
  public let meanAveragePrecision: Double
  /// Train rows that the average precision looks at.
  public let depth: Int
  /// Train rows that can be found for a query.
  public let available: Int
  /// Some queries, ascending, for a picture.
  public let queries: [Int]
  /// The train rows most similar to each of `queries`, most similar first.
  public let found: [[Int]]

  /// Recall by k.
  public var baseline: [Int: Double] { recall }

  /// Recall at every k, which says so where it is above the rows there are; then the mean average precision. Chance is
  /// that of recall at 1.
  public var measures: [Measure] {
    recall.sorted { $0.key < $1.key }.map { k, share in
      Measure(
        "recall at \(k)" + (k > available ? " (all \(available))" : ""), share, k == 1 ? .accuracy : .share)
    } + [Measure("mean average precision", meanAveragePrecision, .share)]
  }

  /// The queries with what was found.
  public var attachments: [EvaluationAttachment] {
    [.neighbors(name: "neighbors", queries: queries, found: found)]
  }

  private enum CodingKeys: CodingKey { case recall, meanAveragePrecision, depth }

  /// Encodes all but the queries.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(recall, forKey: .recall)
    try object.encode(meanAveragePrecision, forKey: .meanAveragePrecision)
    try object.encode(depth, forKey: .depth)
  }
}
