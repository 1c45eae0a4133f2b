import ArgumentParser
import Foundation
import Platform
import VisionTransformer

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a weights file or a run folder holds.",
    discussion: "Example: vitrail inspect runs/photos")

  @Argument(help: "Run folder or .safetensors file.")
  var path: String
  @OptionGroup var output: JSONOutput

  private struct Contents: Encodable {
    struct TensorEntry: Encodable {
      let name: String
      let shape: [Int]
      let dtype: String
    }
    let kind: String
    let parameters: Int
    let config: JSONValue
    let tensors: [TensorEntry]
    let formatVersion: Int?
    let step: Int?
    let recipe: JSONValue?
    let provenance: [Provenance]
  }

  func run() throws {
    let contents = try read()
    var lines = [
      "\(contents.kind), \(contents.parameters) scalars\(contents.step.map { ", step \($0)" } ?? "")"
    ]
    if let format = contents.formatVersion, format > WeightFormat.newest {
      lines.append(
        "format  \(format), and this version reads up to \(WeightFormat.newest): what it does not know is left out"
      )
    }
    if contents.config != .null { lines.append("config  \(contents.config.text)") }
    if let recipe = contents.recipe { lines.append("recipe  \(recipe.text)") }
    lines += contents.provenance.flatMap { ["made by \($0.summary)", "command \($0.commandLine)"] }
    lines += contents.tensors.map { "\($0.dtype)  \($0.shape)  \($0.name)" }
    try output.tell(lines.map(\.printable).joined(separator: "\n"), contents)
  }

  private func read() throws(Failure) -> Contents {
    let (file, folder) = try WeightsArgument.open(path) { url throws(Failure) in
      try SafetensorsFile(contentsOf: url)
    }
    let hasOptimizer = file.entries.keys.contains { $0.hasPrefix("optimizer.") }
    let kind =
      switch (folder != nil, WeightFormat.isVitrail(file.metadata), hasOptimizer) {
      case (true, _, _): "run"
      case (_, true, true): "checkpoint"
      case (_, true, false): file.metadata["classes"] == nil ? "model" : "classifier"
      default: "safetensors"
      }
    let tensors = file.entries.sorted { $0.key < $1.key }.map {
      Contents.TensorEntry(name: $0.key, shape: $0.value.shape, dtype: $0.value.dtype)
    }
    return Contents(
      kind: kind,
      parameters: tensors.reduce(0) { count, tensor in
        let isState = ["optimizer.", "average."].contains { tensor.name.hasPrefix($0) }
        return isState ? count : count + tensor.shape.reduce(1, *)
      },
      config: tree(file, "configuration") ?? .null,
      tensors: tensors, formatVersion: WeightFormat.number(in: file.metadata),
      step: file.metadata["step"].flatMap { Int($0) }, recipe: tree(file, "recipe"),
      provenance: folder?.sessions ?? ModelFile.provenance(in: file.metadata))
  }

  private func tree(_ file: SafetensorsFile, _ key: String) -> JSONValue? {
    file.metadata[key].flatMap { try? JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
  }
}
