import Datasets
import Foundation
import Platform
import Pretraining
import Records

/// How a session of training ended; what `--json` prints.
struct RunSummary: Encodable {
  /// `finished`, `finishedBefore` or `interrupted`.
  let ending: String
  /// The run folder.
  let folder: String
  /// The last step that was done, and all steps of the run.
  let step, steps: Int
  /// Seconds of this session.
  let seconds: Double
  /// Smoothed, after the last step; absent where this session did none.
  let loss: Double?
  /// Over the last steps; absent where this session did none.
  let imagesPerSecond: Double?
  let images: Int
  let passedOver: PassedOver
  let verdict: String?
  /// What the session leaves behind; absent when it was interrupted.
  let conclusion: RunConclusion?
}

/// What stands at the end of a run: where its results are, and what is next.
struct RunConclusion: Encodable {
  /// The weights to use.
  let weights: String
  /// The page about the run.
  let report: String
  /// What was scored at the end.
  var scores: JSONValue?
  /// The same for a person.
  let text: String

  private enum CodingKeys: CodingKey { case weights, report, scores }
}
