import Foundation
import Platform
import Records

extension EvaluationRecord {
  /// The record that holds a report and what a record held before; text that is no record counts as none.
  ///
  /// - Throws: `Failure` when a score is not a finite number.
  public static func text(adding report: EvaluationReport, to record: Data?) throws(Failure) -> String {
    guard let text = text(adding: try report.json(), to: record) else {
      throw EvaluationReport.notFinite(at: RunFile.evaluation.name)
    }
    return text
  }
}
