import Foundation
import Platform

/// `warnings.txt` of a run: a line a warning, each kind once over all sessions of the run.
package struct WarningList {
  private let url: URL
  private var lines: [String] = []

  /// Opens the list; a run that begins anew removes an older one.
  ///
  /// - Throws: `Failure` when it cannot be read.
  package init(_ url: URL, resuming: Bool) throws(Failure) {
    self.url = url
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    do {
      if resuming {
        lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
      } else {
        try FileManager.default.removeItem(at: url)
      }
    } catch {
      throw systemFailure("cannot read the list of warnings", url.path)
    }
  }

  /// The kinds that it holds.
  package var kinds: Set<HealthWarning.Kind> {
    Set(
      HealthWarning.Kind.allCases.filter { kind in lines.contains { $0.contains(" · \(kind.rawValue) · ") } })
  }

  /// Adds a line.
  ///
  /// - Throws: `Failure` when the file cannot be written.
  package mutating func append(_ warning: HealthWarning) throws(Failure) {
    lines.append(warning.description)
    try AtomicFile.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: url)
  }
}
