import Platform

/// What the k-NN vote measured.
public struct NearestNeighborResult: EvaluationResult, Equatable {
  /// What the votes say about the test set by number of neighbours, as asked for (a k above the train rows counts all of
  /// them).
  public let scores: [Int: ClassificationScores]
  /// Train rows that can be neighbours of a row.
  public let available: Int
  /// T in the vote weight exp(s/T).
  public let temperature: Double

  /// Top-1 accuracy by number of neighbours.
  public var top1: [Int: Double] { scores.mapValues(\.top1) }
  /// Top-1 by number of neighbours.
  public var baseline: [Int: Double] { top1 }

  /// k = 20, DINO's usual choice; without it, the k nearest to 20, the lower of two.
  public var usualK: Int { scores.keys.min { (abs($0 - 20), $0) < (abs($1 - 20), $1) } ?? 0 }
  /// Top-1 at the usual k.
  public var score: Double { top1[usualK] ?? 0 }

  /// Which rows are right at the usual k.
  public var isRight: [Bool]? { scores[usualK]?.isRight }

  /// Top-1 at every k; one that is above the rows there are says so.
  public var measures: [Measure] {
    top1.sorted { $0.key < $1.key }.map { k, share in
      Measure("k = \(k)" + (k > available ? " (all \(available))" : ""), share)
    }
  }

  /// Those at the usual k.
  public var attachments: [EvaluationAttachment] { scores[usualK]?.attachments ?? [] }

  private enum CodingKeys: CodingKey { case top1, available, temperature, usualK, atUsualK }

  /// Encodes top-1 by k, and all scores at the usual k.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(top1, forKey: .top1)
    try object.encode(available, forKey: .available)
    try object.encode(temperature, forKey: .temperature)
    try object.encode(usualK, forKey: .usualK)
    try object.encodeIfPresent(scores[usualK], forKey: .atUsualK)
  }
}
