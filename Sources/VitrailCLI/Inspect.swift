import ArgumentParser
import Foundation
import Platform
import VisionTransformer

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a weights file or a run folder holds.",
    discussion: "Example: vitrail inspect runs/photos")

  @Argument(help: "Run folder, weights file or folder of another library.")
  var path: String
  @OptionGroup var encoder: EncoderArguments
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
      try WeightFiles.open(try WeightFiles.weights(in: url))
    }
    let hasOptimizer = file.shapes.keys.contains { $0.hasPrefix("optimizer.") }
    let (kind, config) =
      switch (WeightFormat.isVitrail(file.metadata), folder != nil, hasOptimizer) {
      case (false, _, _): ofOtherLibrary()
      case (_, true, _): ("run", tree(file, "configuration") ?? .null)
      case (_, _, true): ("checkpoint", tree(file, "configuration") ?? .null)
      default:
        (file.metadata["classes"] == nil ? "model" : "classifier", tree(file, "configuration") ?? .null)
      }
    let tensors = file.shapes.sorted { $0.key < $1.key }.map {
      Contents.TensorEntry(name: $0.key, shape: $0.value, dtype: file.type(of: $0.key) ?? "")
    }
    return Contents(
      kind: kind,
      parameters: tensors.reduce(0) { count, tensor in
        let isState = ["optimizer.", "average."].contains { tensor.name.hasPrefix($0) }
        return isState ? count : count + tensor.shape.reduce(1, *)
      },
      config: config,
      tensors: tensors, formatVersion: WeightFormat.number(in: file.metadata),
      step: file.metadata["step"].flatMap { Int($0) }, recipe: tree(file, "recipe"),
      provenance: folder?.sessions ?? ModelFile.provenance(in: file.metadata))
  }

  /// What an encoder of another library is, or why it cannot be used.
  private func ofOtherLibrary() -> (kind: String, config: JSONValue) {
    do throws(Failure) {
      let model = try WeightsArgument(path, encoder).model
      return (
        "encoder of \(model.origin?.layout.title ?? "Vitrail")", .encoding(model.configuration.weightsCoding)
      )
    } catch {
      return ("tensors", .object(["problem": .string(error.problem), "remedy": .string(error.remedy)]))
    }
  }

  private func tree(_ file: any TensorFile, _ key: String) -> JSONValue? {
    file.metadata[key].flatMap { try? JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
  }
}
