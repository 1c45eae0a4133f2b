import Evaluation
import Foundation
import Platform
import Reports

extension EvaluationReport {
  /// The table, and what it comes to in the words of the report.
  ///
  /// - Throws: `Failure` when a score is not a finite number.
  func tableAndVerdict() throws(Failure) -> String {
    guard let verdict = EvaluationScores(json: Data(try json().utf8))?.verdict else { return table }
    return "\(table)\n\nverdict: \(verdict.text)\n         \(verdict.meaning)"
  }
}
