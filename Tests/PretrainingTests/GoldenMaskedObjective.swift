import Foundation
import Platform
import Pretraining
import Tensors
import TestSupport
import VisionTransformer

/// SimMIM, MP3 or DropPos with the weights and masks of a golden file.
struct GoldenMaskedObjective {
  /// A line of `positions.json`.
  struct Line: Decodable, Sendable, CustomStringConvertible {
    let model: GoldenModel
    let objective: Choice

    private enum Key: CodingKey { case objective }

    init(from decoder: any Decoder) throws {
      model = try GoldenModel(from: decoder)
      objective = try decoder.container(keyedBy: Key.self).decode(Choice.self, forKey: .objective)
    }

    var description: String { model.file }
  }

  static let all = try? JSONDecoder().decode(
    [Line].self, from: Data(contentsOf: GoldenFile.url("positions.json", in: .module)))

  let file: GoldenFile
  let store: ParameterStore
  let encoder: VisionTransformer
  let objective: any MaskedObjective
  let mask: PatchMask

  init(_ line: Line) throws {
    file = try GoldenFile(line.model.file, in: .module)
    store = ParameterStore(seed: 1)
    encoder = try VisionTransformer(line.model.configuration, parameters: store)
    let made = try Objectives.all.select(line.objective, at: "golden").make(encoder)
    guard let masked = made as? any MaskedObjective else {
      throw Failure("\(line.objective.name) masks nothing", at: line.model.file, mend: "check positions.json")
    }
    objective = masked
    try file.load(into: store)
    mask = PatchMask(
      visible: try file("visible").values.map { Int32($0) },
      masked: try file("masked").values.map { Int32($0) })
  }

  var trainable: [Parameter] { store.parameters.filter(\.isTrainable) }
}
