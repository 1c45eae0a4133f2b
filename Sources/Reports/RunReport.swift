import Foundation
import Platform
import Records

/// The report on a run: one HTML file that needs nothing else.
public enum RunReport {
  /// Reads a run folder and writes its `report.html`, replacing an earlier one.
  ///
  /// `metrics.jsonl` is required; recipe, bad images, reconstructions and the scores of `evaluation.json` and
  /// `classification.json` are shown if there.
  /// The same folder gives the same file.
  ///
  /// - Returns: where the report is.
  /// - Throws: `Failure` when the folder or `metrics.jsonl` is missing or unreadable, or the report cannot
  ///   be written.
  @discardableResult
  public static func write(runFolder: URL) throws(Failure) -> URL {
    let page = ReportPage(contents: try RunContents(runFolder))
    let report = RunFile.report.url(in: runFolder)
    try AtomicFile.write(Data(page.html.utf8), to: report)
    return report
  }
}
