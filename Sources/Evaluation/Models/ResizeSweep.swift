import Foundation
import Imaging
import Platform
import Records
import VisionTransformer

/// The scores of one encoder at several input sizes; encodes as `{"sizes": [{"size", "evaluators"}]}`.
public struct ResizeSweep: Encodable, Sendable {
  private let rows: [Row]

  private struct Row: Encodable, Sendable {
    let size: Int
    let isOwn: Bool
    let scores: [Scores]

    private enum CodingKeys: CodingKey { case size, evaluators }

    func encode(to encoder: any Encoder) throws {
      var object = encoder.container(keyedBy: CodingKeys.self)
      try object.encode(size, forKey: .size)
      try object.encode(
        Dictionary(uniqueKeysWithValues: scores.map { ($0.evaluator, $0) }), forKey: .evaluators)
    }
  }

  private enum CodingKeys: String, CodingKey { case rows = "sizes" }

  /// Measures at every size, from small to large.
  ///
  /// - Throws: `Failure` when a size is no multiple of the patch's side, before anything is measured.
  public init(
    _ sizes: [Int], _ file: ModelFile, measure: (Preprocessing) throws(Failure) -> [Scores]
  ) throws(Failure) {
    let patch = file.configuration.patchSize
    let own = min(file.preprocessing.height, file.preprocessing.width)
    var inputs: [(size: Int, preprocessing: Preprocessing)] = []
    for size in Set(sizes).sorted() {
      let preprocessing = try file.preprocessing.resized(toShorterSide: size)
      guard preprocessing.height % patch == 0, preprocessing.width % patch == 0 else {
        let below = max(patch, size / patch * patch)
        throw Failure(
          "\(size) pixels are no multiple of the patch's \(patch)", at: "--sweep-resize",
          mend: "choose \(below) or \(below + patch)")
      }
      inputs.append((size, preprocessing))
    }
    var rows: [Row] = []
    for input in inputs {
      rows.append(
        Row(size: input.size, isOwn: input.size == own, scores: try measure(input.preprocessing)))
    }
    self.rows = rows
  }

  /// The same without some evaluators: only what could be measured at every size makes a table.
  public func without(_ evaluators: Set<String>) -> ResizeSweep {
    ResizeSweep(
      rows: rows.map { row in
        Row(
          size: row.size, isOwn: row.isOwn, scores: row.scores.filter { !evaluators.contains($0.evaluator) })
      })
  }

  private init(rows: [Row]) { self.rows = rows }

  /// A line a size, a column a number; the encoder's own size is marked.
  public var table: String {
    guard let first = rows.first else { return "" }
    let names = first.scores.flatMap { score in
      score.lines.map { "\(score.evaluator) \($0.name)\($0.kind == .number ? "" : ", %")" }
    }
    let lines = rows.map { row in
      ["\(row.size)\(row.isOwn ? " (own)" : "")"]
        + row.scores.flatMap(\.lines).map {
          $0.kind == .number ? String(format: "%.4g", $0.value) : String(format: "%.2f", $0.value * 100)
        }
    }
    return TextTable.aligned([["pixels"] + names] + lines)
  }
}
