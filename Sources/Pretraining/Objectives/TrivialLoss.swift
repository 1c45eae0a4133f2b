import Foundation

/// The loss of an answer that needs no look at the image: what a run must get below to have learnt anything.
public struct TrivialLoss: Sendable, Equatable {
  /// The loss, in the units of the objective's.
  public var value: Double
  /// What the answer does, to follow "the loss of": `guessing among 255 candidates`.
  public var meaning: String

  /// Creates a baseline.
  public init(_ value: Double, of meaning: String) {
    self.value = value
    self.meaning = meaning
  }

  /// ln N, the cross-entropy of guessing among N: candidates of a contrastive loss, positions, or clusters.
  ///
  /// `what` names them in the plural; nil where there is no choice.
  public static func guessing(among count: Int, _ what: String) -> TrivialLoss? {
    count > 1 ? TrivialLoss(log(Double(count)), of: "guessing among \(count) \(what)") : nil
  }
}
