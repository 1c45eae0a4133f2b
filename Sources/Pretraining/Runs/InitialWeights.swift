import Foundation
import Platform
import Tensors
import VisionTransformer

/// A start from the weights of another model: an encoder's, and those of decoder and heads when a checkpoint of the same
/// objective is given.
///
/// Buffers and fixed tables that the file lacks keep their initial values, so that a LayerNorm's weights start a
/// `removedLayerNorm`. A model may know positions where the file's knows none (`positions: none`, as `positionPrediction`
/// wants it): a table then starts as it does without a file. Of another size of images a table is interpolated, bicubic, as
/// MAE's fine-tuning does. The norms' variants may differ as far as their parameters agree; whatever else differs is an error.
struct InitialWeights {
  private let file: ModelFile

  /// Opens a model or a checkpoint, or an encoder of another library: what its file does not tell is as in `model`.
  init(path: String, for model: VisionTransformerConfiguration) throws(Failure) {
    file = try ModelFile(
      contentsOf: URL(fileURLWithPath: path),
      // Means and deviations are the recipe's, whatever the file says.
      otherwise: EncoderFacts(model, mean: [0], standardDeviation: [1]))
  }

  /// Opens the encoder that a run has come to, or that of a file as above.
  init(teacher path: String, for model: VisionTransformerConfiguration) throws(Failure) {
    let folder = RunFolder(URL(fileURLWithPath: path))
    let isRun = FileManager.default.fileExists(atPath: folder.recipe.path)
    try self.init(path: isRun ? folder.model.path : path, for: model)
  }

  /// Loads into an encoder and into what its objective has declared beside it; `classNames` are those that a supervised
  /// objective tells apart.
  func load(
    into encoder: VisionTransformer, objective: Choice, classNames: [String]?
  ) throws(Failure) {
    let (present, encoderNames) = (file.parameterNames, try file.encoderNames())
    let written = writtenObjective
    let others: Set<String> =
      written?.name == objective.name ? present.subtracting(encoderNames).filter(isKept) : []
    try compareArchitectures(encoder.configuration, resizes: others.isEmpty || classNames != nil)
    let (own, beside) = (
      encoder.ownParameters, encoder.parameters.parameters(of: .objective).filter { isKept($0.name) }
    )
    try assign(own, from: present.intersection(encoderNames), encoder.configuration)
    guard !others.isEmpty else { return }
    if let classNames, let known = written?.classNames, known != classNames {
      throw Failure(
        "the head of the weights tells \(known.count) classes apart (\(known.prefix(3).joined(separator: ", ")), …), "
          + "these images are of \(classNames.count) (\(classNames.prefix(3).joined(separator: ", ")), …)",
        at: file.path,
        mend: "start with a new head from the run folder or its model.safetensors, or set objective.classes")
    }
    try assign(beside, from: others, encoder.configuration)
  }

  /// Loads into a teacher: of the file only the encoder counts.
  func load(intoTeacher encoder: VisionTransformer) throws(Failure) {
    try compareArchitectures(encoder.configuration, resizes: true)
    try assign(
      encoder.ownParameters, from: file.parameterNames.intersection(try file.encoderNames()),
      encoder.configuration)
  }

  /// Whether a training that starts from the file goes on with what has that name beside the encoder. A teacher starts
  /// afresh, from the student or from weights of its own, and with it the layer that is trained to meet it.
  private func isKept(_ name: String) -> Bool {
    ![ParameterStore.teacherName, Distillation.projectionName].contains { name.hasPrefix($0 + ".") }
  }

  private func assign(
    _ parameters: [Parameter], from names: Set<String>, _ wanted: VisionTransformerConfiguration
  ) throws(Failure) {
    // Of a teacher's parameter the file has the student's name, and what it needs is what the student needs.
    let named = parameters.map { (parameter: $0, inFile: $0.student ?? $0) }
    for (parameter, inFile) in named where names.contains(inFile.name) || isNeeded(inFile) {
      parameter.assign(try values(of: inFile, wanted))
    }
    if let unknown = names.subtracting(named.map(\.inFile.name)).sorted().first {
      throw Failure(
        "the weights file has '\(unknown)', the model has not", at: file.path,
        mend: "use the model keys that these weights were made with")
    }
  }

  /// The values of the file; of a table of positions those that it has on the grid that is wanted.
  private func values(
    of parameter: Parameter, _ wanted: VisionTransformerConfiguration
  ) throws(Failure) -> [Scalar] {
    guard isEncodersTable(parameter), file.configuration.grid != wanted.grid else {
      return try file.file.finiteValues(parameter.name, shape: parameter.shape)
    }
    let old = file.configuration
    let shape = [1, old.grid.count + (old.hasClassToken ? 1 : 0), parameter.shape[2]]
    return file.table(
      try file.file.finiteValues(parameter.name, shape: shape), wanted, file.origin?.transfer ?? .bicubic)
  }

  /// Whether a file without this parameter is none for this model.
  private func isNeeded(_ parameter: Parameter) -> Bool {
    parameter.isTrainable && (file.configuration.positions != .none || !isEncodersTable(parameter))
  }

  private func isEncodersTable(_ parameter: Parameter) -> Bool {
    parameter.role == .positions && parameter.site.owner == .encoder
  }

  /// The objective of the run that wrote the file, and the classes that it tells apart.
  private var writtenObjective: (name: String, classNames: [String]?)? {
    guard let text = file.file.metadata["recipe"],
      let tree = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)),
      let objective = tree["objective"], let name = objective.string ?? objective["kind"]?.string
    else { return nil }
    guard case .array(let names)? = objective["classes"] else { return (name, nil) }
    return (name, names.compactMap(\.string))
  }

  /// Keys that may differ say how a model trains or pools; what norms are, their parameters' names say. The size of
  /// images may differ where positions are the encoder's alone.
  private func compareArchitectures(
    _ wanted: VisionTransformerConfiguration, resizes: Bool
  ) throws(Failure) {
    var found = file.configuration
    if resizes { (found.imageHeight, found.imageWidth) = (wanted.imageHeight, wanted.imageWidth) }
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
    guard case .object(let ours) = JSONValue.encoding(wanted.weightsCoding),
      case .object(let theirs) = JSONValue.encoding(found.weightsCoding)
    else { return }
    for key in Set(ours.keys).union(theirs.keys).sorted() where ours[key] != theirs[key] {
      throw Failure(
        "\(key) is \(theirs[key]?.text ?? "absent") in the weights file, \(ours[key]?.text ?? "absent") in the recipe",
        at: file.path, mend: "use the model keys that these weights were made with")
    }
  }
}
