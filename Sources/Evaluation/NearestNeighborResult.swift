/// What the k-NN vote measured. Accuracies are fractions.
public struct NearestNeighborResult: EvaluationResult, Equatable {
  /// Top-1 accuracy by number of neighbours, as asked for (a k above the train rows counts all of them).
  public let top1: [Int: Double]
  /// T in the vote weight exp(s/T).
  public let temperature: Double

  /// Top-1 by number of neighbours.
  public var baseline: [Int: Double] { top1 }
  /// Top-1 at k = 20, DINO's usual choice; without it, at the k nearest to 20, the lower of two.
  public var score: Double {
    let nearest = top1.keys.min { (abs($0 - 20), $0) < (abs($1 - 20), $1) }
    return nearest.flatMap { top1[$0] } ?? 0
  }
}
