import Foundation
import Platform

extension Provenance {
  /// The sessions that `provenance.jsonl` tells of, in their order; lines that are no whole session are passed over.
  public static func sessions(in text: Data) -> [Provenance] { RecordFile.lines(Provenance.self, in: text) }
}
