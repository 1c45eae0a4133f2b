import Foundation
import Platform
import Tensors
import VisionTransformer

/// A start from the weights of another model: an encoder's, and those of decoder and heads when a checkpoint of the same
/// objective is given.
///
/// Buffers and fixed tables that the file lacks keep their initial values, so that a LayerNorm's weights start a
/// `removedLayerNorm`. A model may know positions where the file's knows none (`positions: none`, as `positionPrediction`
/// wants it): a table then starts as it does without a file. The norms' variants may differ as far as their parameters agree; whatever else differs is an error.
struct InitialWeights {
  private let file: ModelFile

  /// Opens a model or a checkpoint.
  init(path: String) throws(Failure) { file = try ModelFile(contentsOf: URL(fileURLWithPath: path)) }

  /// Loads into a model whose objective has declared its own parameters behind the encoder's.
  func load(
    into encoder: VisionTransformer, encoderParameterCount: Int, objective: Choice
  ) throws(Failure) {
    try compareArchitectures(encoder.configuration)
    let parameters = encoder.parameters.parameters
    let (present, encoderNames) = (file.parameterNames, try file.encoderNames())
    try assign(parameters.prefix(encoderParameterCount), from: present.intersection(encoderNames))
    let others = present.subtracting(encoderNames)
    if !others.isEmpty && objectiveName == objective.name {
      try assign(parameters.dropFirst(encoderParameterCount), from: others)
    }
  }

  private func assign(_ parameters: ArraySlice<Parameter>, from names: Set<String>) throws(Failure) {
    for parameter in parameters where names.contains(parameter.name) || isNeeded(parameter) {
      parameter.assign(try file.file.values(parameter.name, shape: parameter.shape))
    }
    if let unknown = names.subtracting(parameters.map(\.name)).sorted().first {
      throw Failure(
        "the weights file has '\(unknown)', the model has not", at: file.path,
        mend: "use the model keys that these weights were made with")
    }
  }

  /// Whether a file without this parameter is none for this model.
  private func isNeeded(_ parameter: Parameter) -> Bool {
    parameter.isTrainable
      && (file.configuration.positions != .none || parameter.name != VisionTransformer.positionsName)
  }

  /// The name of the objective of the run that wrote the file.
  private var objectiveName: String? {
    guard let text = file.file.metadata["recipe"],
      let tree = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)),
      let objective = tree["objective"]
    else { return nil }
    return objective.string ?? objective["kind"]?.string
  }

  /// Keys that may differ say how a model trains or pools; what norms are, their parameters' names say.
  private func compareArchitectures(_ wanted: VisionTransformerConfiguration) throws(Failure) {
    var found = file.configuration
    found.norm = wanted.norm
    found.layerNorms = wanted.layerNorms
    found.finalNorm = wanted.finalNorm
    found.siteNorms = wanted.siteNorms
    found.patchNormFunction = wanted.patchNormFunction
    found.initializer = wanted.initializer
    found.layerScale = wanted.layerScale
    found.dropPath = wanted.dropPath
    found.pooling = wanted.pooling
    if found.positions == .none {
      (found.positions, found.rotaryBase) = (wanted.positions, wanted.rotaryBase)
    }
    guard case .object(let ours) = JSONValue.encoding(wanted),
      case .object(let theirs) = JSONValue.encoding(found)
    else { return }
    for key in Set(ours.keys).union(theirs.keys).sorted() where ours[key] != theirs[key] {
      throw Failure(
        "\(key) is \(theirs[key]?.text ?? "absent") in the weights file, \(ours[key]?.text ?? "absent") in the recipe",
        at: file.path, mend: "use the model keys that these weights were made with")
    }
  }
}
