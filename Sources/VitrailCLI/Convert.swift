import ArgumentParser
import Foundation
import Platform
import Pretraining
import VisionTransformer

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Rewrite a model without changing what it computes.",
    discussion: """
      Example: vitrail convert --from runs/photos --to folded.safetensors --fold
      A run folder stands for its encoder; name a checkpoint to convert the decoder too.
      For other runtimes: vitrail convert --from runs/photos --to encoder.onnx
      """)

  @Option(help: "Run folder or weights file.")
  var from: String
  @OptionGroup var encoder: EncoderArguments
  @Option(help: "The file to write.")
  var to: String
  @Flag(help: "Move gains and biases of norms into the linear layers that read them.")
  var fold = false
  @Option(
    help: "Turn the LayerNorms of the stream into rmsNorm or crmsNorm; implies --fold. Default: norms stay.")
  var norm: ExactConversion.StreamNorm?
  @OptionGroup var onnx: ONNXExport
  @OptionGroup var output: JSONOutput

  private struct Summary: Encodable {
    struct Change: Encodable {
      let name, before, after, note: String
    }
    let to: String
    let difference: Double
    let changes: [Change]
  }

  func run() throws {
    if try onnx.isAsked(to: to, converting: fold || norm != nil) {
      return try onnx.run(from: from, encoder, to: to, output)
    }
    try OutputCheck.file(to)
    let file = try WeightsArgument(from, encoder).model
    let target = norm
    guard fold || norm != nil || file.origin != nil else {
      throw ValidationError("say what to do: --fold, --norm rmsNorm or --norm crmsNorm")
    }
    let folds = fold
    let conversion = try WeightConversion(of: file) { (conversion) throws(Failure) in
      if let target { try conversion.convertStream(to: target) } else if folds { conversion.fold() }
    }
    try conversion.write(to: URL(fileURLWithPath: to), provenance: .ofThisCommand)
    let lines =
      table(conversion.changes) + [
        "outputs differ by at most \(short(conversion.difference)) of their size", "written: \(to)",
      ]
    let changes = conversion.changes.map {
      Summary.Change(name: $0.name, before: $0.before, after: $0.after, note: $0.note)
    }
    try output.tell(
      lines.joined(separator: "\n"),
      Summary(to: to, difference: conversion.difference, changes: changes))
  }

  /// A line for all changes that differ in numbers alone.
  private func table(_ changes: [ExactConversion.Change]) -> [String] {
    guard !changes.isEmpty else { return ["nothing to fold: no norm has a gain or a bias"] }
    var rows: [(cells: [String], count: Int)] = []
    for change in changes {
      let cells = [anyNumber(change.name), "\(change.before) → \(change.after)", anyNumber(change.note)]
      if let index = rows.firstIndex(where: { $0.cells == cells }) {
        rows[index].count += 1
      } else {
        rows.append((cells, 1))
      }
    }
    let lines = rows.map { row in
      [row.cells[0] + (row.count > 1 ? " ×\(row.count)" : ""), row.cells[1], row.cells[2]]
    }
    let widths = (0..<2).map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      (0..<2).map { line[$0] + String(repeating: " ", count: widths[$0] - line[$0].count + 2) }.joined()
        + line[2]
    }
  }

  private func anyNumber(_ text: String) -> String {
    text.replacing(/\.\d+\./) { _ in ".*." }
  }

  private func short(_ number: Double) -> String { String(format: "%.1e", number) }
}

extension ExactConversion.StreamNorm: ExpressibleByArgument {}
