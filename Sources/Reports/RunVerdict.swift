/// What a run has come to in words, before anybody has scored it.
package struct RunVerdict: Sendable, Equatable {
  /// `loss 0.4123, below the 0.9811 of an answer blind to the images; features use 23 of 64 directions`.
  package let text: String
  /// Whether the loss has left that of an answer blind to the images.
  let hasLearned: Bool

  // As `CollapseWatch` and studies judge it.
  private static let trivialShare = 0.98

  /// Says how the last loss and the last measurement of the features fare.
  ///
  /// - Parameters:
  ///   - blindLoss: the loss of an answer that needs no look at the images; nil where none is known.
  ///   - rankMe: the effective rank of the features, of `directions` at most.
  package init?(loss: Double, blindLoss: Double?, rankMe: Double?, directions: Int?) {
    guard loss.isFinite else { return nil }
    var parts: [String] = []
    hasLearned = blindLoss.map { loss < Self.trivialShare * $0 } ?? true
    if let blindLoss {
      let measured = "loss \(NumberText.measured(loss))"
      let blind = "the \(NumberText.measured(blindLoss)) of an answer blind to the images"
      parts.append(
        "\(measured), \(hasLearned ? "below" : loss < blindLoss ? "hardly below" : "not below") \(blind)")
    }
    if let rankMe, let directions { parts.append(DirectionUse(used: rankMe, of: directions).text) }
    guard !parts.isEmpty else { return nil }
    text = parts.joined(separator: "; ")
  }
}
