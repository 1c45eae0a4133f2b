import ArgumentParser
import Foundation
import Platform
import Pretraining
import VisionTransformer

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Rewrite a model: as ONNX, for other libraries, from other libraries, or with its norms folded.",
    discussion: """
      Examples: vitrail convert --from runs/photos --to encoder.onnx
                vitrail convert --from runs/photos --to for-timm --to-layout timm
                vitrail convert --from timm-vit-small --to small.safetensors
                vitrail convert --from runs/photos --to folded.safetensors --fold
      Nothing changes what the model computes. A run folder stands for its encoder; name a checkpoint to convert the
      decoder too.
      """)

  @Option(help: "Run folder or weights file.")
  var from: String
  @OptionGroup var encoder: EncoderArguments
  @Option(
    help: "The file to write, ONNX where it ends with .onnx; of another library's layout the folder.")
  var to: String
  @Option(
    help:
      "Whose names and shapes to write: vitrail or one of \(Self.layouts.joined(separator: ", ")). Default: vitrail."
  )
  var toLayout = "vitrail"
  @Option(help: "The numbers to write: F32, F16 or, but for ONNX, BF16. Default: F32.")
  var type: WeightType?
  @Flag(help: "Move gains and biases of norms into the linear layers that read them.")
  var fold = false
  @Option(
    help: "Turn the LayerNorms of the stream into rmsNorm or crmsNorm; implies --fold. Default: norms stay.")
  var norm: ExactConversion.StreamNorm?
  @OptionGroup var onnx: ONNXExport
  @OptionGroup var output: JSONOutput

  private static let layouts = WeightLayout.all.filter(\.isWritten).map(\.name).sorted()

  private struct Summary: Encodable {
    struct Change: Encodable {
      let name, before, after, note: String
    }
    let to, layout, type: String
    /// Nil where nothing was converted, and so nothing compared.
    let difference: Double?
    let changes: [Change]
    let notes: [String]
  }

  func validate() throws {
    guard toLayout == "vitrail" || Self.layouts.contains(toLayout) else {
      let nearest = Spelling.nearest(to: toLayout, among: Self.layouts).map { "; did you mean \($0)?" } ?? ""
      throw ValidationError(
        "no layout '\(toLayout)' to write: vitrail or one of \(Self.layouts.joined(separator: ", "))\(nearest)"
      )
    }
  }

  func run() throws {
    if try onnx.isAsked(to: to, converting: fold || norm != nil || toLayout != "vitrail") {
      return try onnx.run(from: from, encoder, to: to, as: type ?? .f32, output)
    }
    let layout = WeightLayout.all.first { $0.name == toLayout }
    try layout == nil ? OutputCheck.file(to) : OutputCheck.folder(to)
    let argument = try WeightsArgument(from, encoder)
    let file = argument.model
    let line = ProgressLine()
    argument.tellOrigin(line.say)
    guard fold || norm != nil || file.origin != nil || layout != nil || type != nil else {
      throw ValidationError(
        "say what to do: --to-layout timm, --type F16, --fold, --norm rmsNorm or --norm crmsNorm")
    }
    let conversion = try converted(file)
    let (url, type) = (URL(fileURLWithPath: to), type ?? .f32)
    var notes: [String] = []
    if let layout {
      let model = conversion?.result ?? file
      let exported = try ExportedModel(
        model, as: layout, decoder: try TrainedObjective.decoderFacts(of: model))
      try exported.write(to: url, as: type, provenance: .ofThisCommand)
      notes = exported.notes
    } else {
      try (conversion ?? WeightConversion(of: file)).write(to: url, as: type, provenance: .ofThisCommand)
    }
    var lines = conversion.map { table($0.changes) } ?? []
    if let conversion {
      lines.append("outputs differ by at most \(short(conversion.difference)) of their size")
    }
    lines += notes.map { "note: \($0)" }
    lines.append("written: \(to)")
    let changes = (conversion?.changes ?? []).map {
      Summary.Change(name: $0.name, before: $0.before, after: $0.after, note: $0.note)
    }
    try output.tell(
      lines.joined(separator: "\n"),
      Summary(
        to: to, layout: toLayout, type: type.rawValue, difference: conversion?.difference,
        changes: changes, notes: notes))
  }

  /// The model with its norms changed as asked for; nil: nothing was asked for.
  private func converted(_ file: ModelFile) throws -> WeightConversion? {
    guard fold || norm != nil else { return nil }
    let target = norm
    return try WeightConversion(of: file) { (conversion) throws(Failure) in
      if let target { try conversion.convertStream(to: target) } else { conversion.fold() }
    }
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

extension WeightType: ExpressibleByArgument {}
