import Foundation
import Platform
import Tensors

/// An encoder, with its decoder where there is one, in the layout of another library.
public struct ExportedModel: Sendable {
  /// The files beside the weights, by name.
  public let files: [(name: String, text: String)]
  /// What the encoder has and the library's files do not say.
  public let notes: [String]
  /// The tensors, under the library's names.
  let tensors: [(name: String, tensor: Tensor)]
  private let provenance: [Provenance]

  /// What the file of the weights is called.
  static let weightsName = "model.safetensors"

  /// Puts a model into another library's layout.
  ///
  /// - Parameter decoder: what is known of the decoder of a masked autoencoder; nil: a decoder is left out.
  /// - Throws: `Failure` when the library has no place for a part of the model, or it cannot be read.
  public init(
    _ model: ModelFile, as layout: WeightLayout, decoder: DecoderFacts? = nil
  ) throws(Failure) {
    guard let target = layout.target else { throw Self.notWritten(layout) }
    let written = try Self.describe(model, decoder, for: target, of: layout)
    let (configuration, form) = (written.configuration, written.form)
    let names = target.names
    let prefix = written.decoder == nil ? "" : target.prefixBesideDecoder
    let omitsPatchBias = configuration.normBeforeBlocks && target.omitsPatchBiasBeforeNorm
    let patchBias = "\(prefix)\(names.patchProjection).bias"
    let queryBiases = Set(
      (0..<form.depth).flatMap { block in
        names.queryKeyValue.map { "\(prefix)\(names.inBlock(block, "\($0).bias"))" }
      })
    var rules = form.rules(names, prefix: prefix) { name in
      !(omitsPatchBias && name == patchBias) && (written.hasQueryBias || !queryBiases.contains(name))
    }
    if let decoder = written.decoder, let place = target.decoder {
      rules += decoder.form.rules(names.with { $0.blocks = place.blocks }, prefix: place.prefix) { _ in true }
    }
    var tensors = WrittenTensors(tableRows: form.leadingPositions + form.patchCount)
    for rule in rules {
      var values = try Self.values(rule, of: model)
      if omitsPatchBias { try Self.moveBias(of: model, at: rule.name, of: form, into: &values) }
      try rule.write(values, to: &tensors, at: model.path)
    }
    if let mask = target.maskToken, written.decoder == nil {
      tensors.set(mask, [1, form.width], [Scalar](repeating: 0, count: form.width)[...])
    }
    self.tensors = tensors.all
    files = target.files(written)
    provenance = model.provenance
    notes = Self.notes(written, layout, besides: model.parameterNames.subtracting(rules.map(\.name)))
  }

  /// Writes the folder: the weights last, so that without all else there are none.
  ///
  /// - Throws: `Failure` when the folder is not empty, a value does not fit the type, or a file cannot be written.
  public func write(
    to folder: URL, as type: WeightType = .f32, provenance: Provenance = Provenance()
  ) throws(Failure) {
    let present = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard present.isEmpty else {
      throw Failure("not an empty folder", at: folder.path, mend: "choose another one, or remove it")
    }
    try SafetensorsFile.check(tensors, fit: type, at: folder.path)
    try AtomicFile.createFolder(folder)
    for file in files { try AtomicFile.write(Data(file.text.utf8), to: folder.appending(path: file.name)) }
    // `format` is what transformers wants to read.
    try SafetensorsFile.write(
      tensors, as: type,
      metadata: ["format": "pt", "provenance": JSONValue.encoding(self.provenance + [provenance]).text],
      to: folder.appending(path: Self.weightsName))
  }

  private static func notWritten(_ layout: WeightLayout) -> Failure {
    let known = WeightLayout.all.filter { $0.target != nil }.map(\.name).sorted()
    return Failure(
      "the layout \(layout.name) is read and not written", at: "--to-layout",
      mend: "choose one of \(known.joined(separator: ", "))")
  }

  /// The values of Vitrail's tensor, or those of the one that it does without.
  private static func values(_ rule: TensorRule, of model: ModelFile) throws(Failure) -> [Scalar] {
    if let absent = rule.absent, model.file.shapes[rule.name] == nil {
      return [Scalar](repeating: absent, count: rule.shape.reduce(1, *))
    }
    return try model.file.finiteValues(rule.name, shape: rule.shape)
  }

  /// Adds the bias of the patch projection to the positions of the patches, which are added behind it.
  private static func moveBias(
    of model: ModelFile, at name: String, of form: EncoderForm, into values: inout [Scalar]
  ) throws(Failure) {
    let (ours, width) = (EncoderNames(), form.width)
    if name == "\(ours.patchProjection).bias" { values = [Scalar](repeating: 0, count: width) }
    guard name == ours.positions else { return }
    let bias = try model.file.values(of: "\(ours.patchProjection).bias")
    for index in (form.hasClassToken ? width : 0)..<values.count { values[index] += bias[index % width] }
  }

  private static func notes(
    _ written: WrittenEncoder, _ layout: WeightLayout, besides left: Set<String>
  ) -> [String] {
    var notes: [String] = []
    if !left.isEmpty {
      let parts = Set(left.map { $0.prefix { $0 != "." } }).sorted().prefix(6).joined(separator: ", ")
      notes.append("\(left.count) tensors beside the encoder are not written: \(parts)")
    }
    if written.configuration.pooling == .mean && layout.target?.saysPooling == false {
      notes.append(
        "features are means of the patch tokens, of which \(layout.title) keeps no note: average "
          + "tokens \(written.form.hasClassToken ? 1 + written.form.registerCount : written.form.registerCount) and on"
      )
    }
    if let range = written.preprocessing.range {
      notes.append("images range over \(range), which other libraries do not know: scale them to 0…1")
    }
    return notes
  }
}
