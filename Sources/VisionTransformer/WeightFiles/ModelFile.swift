import Foundation
import Imaging
import Platform
import Tensors

/// An encoder on disk: weights, configuration and the preprocessing that it was trained with, in one safetensors file.
public struct ModelFile: Sendable {
  /// The architecture.
  public let configuration: VisionTransformerConfiguration
  /// How images become its input.
  public let preprocessing: Preprocessing
  /// The tensors, under Vitrail's names, and free text.
  public let file: any TensorFile
  /// Where the file is.
  public let path: String
  /// Which library wrote the file; nil for Vitrail.
  public let origin: Origin?

  /// A file that another library wrote.
  public struct Origin: Sendable {
    /// How it names and shapes tensors.
    public let layout: WeightLayout
    /// What precedes the names of the encoder's tensors.
    public let prefix: String
    /// The tensors of the file that are not read.
    public let unread: [String]
    /// How that library brings the table of positions to images of another size.
    public let transfer: PositionTransfer
  }

  /// Opens a model or a checkpoint that Vitrail wrote, or an encoder of another library.
  ///
  /// - Parameters:
  ///   - url: the file, or another library's folder.
  ///   - facts: what another library's file does not tell; it counts before what files beside it say.
  ///   - otherwise: the same, behind these.
  /// - Throws: `Failure` when it is not whole, is of a newer format, does not hold an encoder, or holds one of which
  ///   something has to be given.
  public init(
    contentsOf url: URL, facts: EncoderFacts = EncoderFacts(), otherwise: EncoderFacts = EncoderFacts()
  ) throws(Failure) {
    let url = try WeightFiles.weights(in: url)
    let file = try WeightFiles.open(url)
    try WeightFormat.check(file.metadata, at: url.path)
    path = url.path
    guard WeightFormat.isVitrail(file.metadata) || file.metadata["configuration"] != nil else {
      let encoder = try ForeignEncoder(in: file, beside: url, given: facts, otherwise: otherwise)
      (configuration, preprocessing) = (encoder.configuration, encoder.preprocessing)
      (self.file, origin) = (encoder.tensors, encoder.origin)
      return
    }
    guard facts == EncoderFacts() else {
      throw Failure(
        "a file that Vitrail wrote says itself what its encoder is", at: url.path,
        mend: "leave out the options that describe weights of other libraries")
    }
    (self.file, origin) = (file, nil)
    // Keys that came after the file was written have their defaults.
    let coding: VisionTransformerConfiguration.WeightsCoding = try Self.decode(
      "configuration", over: .encoding(VisionTransformerConfiguration().weightsCoding), file, url.path)
    configuration = coding.configuration
    preprocessing = try Self.decode("preprocessing", over: .object([:]), file, url.path)
  }

  /// The parameters of a store in the place of a file's.
  package init(
    _ store: ParameterStore, configuration: VisionTransformerConfiguration, of source: ModelFile
  ) {
    self.configuration = configuration
    preprocessing = source.preprocessing
    file = StoreTensors(store, path: source.path, metadata: source.file.metadata)
    path = source.path
    origin = nil
  }

  /// The tensors that are parameters: of a checkpoint, all but the state of the optimiser and the averages.
  public var parameterNames: Set<String> {
    Set(file.shapes.keys.filter { !$0.hasPrefix("optimizer.") && !$0.hasPrefix("average.") })
  }

  /// The names of the encoder's parameters.
  ///
  /// - Throws: `Failure` when the configuration is none.
  public func encoderNames() throws(Failure) -> Set<String> {
    let store = ParameterStore()
    store.drawsInitialValues = false
    _ = try VisionTransformer(configuration, parameters: store, place: path)
    return Set(store.parameters.map(\.name))
  }

  /// Builds the encoder and gives it the weights of the file.
  ///
  /// - Throws: `Failure` when a tensor is missing or has another shape.
  public func makeModel() throws(Failure) -> VisionTransformer {
    try located(path) { () throws(Failure) in try configuration.validate() }
    guard Double(file.scalarCount) >= configuration.matrixScalarCount else {
      throw Failure(
        "the file holds \(file.scalarCount) weights, its configuration asks for more", at: path,
        mend: "give a file that was written to its end by Vitrail")
    }
    let store = ParameterStore()
    let model = try declaring(in: store) { () throws(Failure) in
      try VisionTransformer(configuration, parameters: store, place: path)
    }
    return model
  }

  /// Runs `declare`, which declares parameters in `store`, and gives them the values of the file.
  ///
  /// - Throws: `Failure` when a tensor is missing or has another shape.
  public func declaring<Model>(
    in store: ParameterStore, _ declare: () throws(Failure) -> Model
  ) throws(Failure) -> Model {
    store.drawsInitialValues = false
    defer { store.drawsInitialValues = true }
    let model = try declare()
    try load(into: store)
    return model
  }

  /// Gives every parameter of the store the values of the tensor of its name.
  ///
  /// - Throws: `Failure` when a tensor is missing, has another shape or holds what is no finite number.
  public func load(into store: ParameterStore) throws(Failure) {
    for parameter in store.parameters {
      parameter.assign(try file.finiteValues(parameter.name, shape: parameter.shape))
    }
  }

  /// Who made the weights, the first maker first: who trained them, then who converted them. Empty in files of versions
  /// that did not say.
  public var provenance: [Provenance] { Self.provenance(in: file.metadata) }

  /// The makers that a file's metadata tell.
  public static func provenance(in metadata: [String: String]) -> [Provenance] {
    metadata["provenance"].flatMap { try? JSONDecoder().decode([Provenance].self, from: Data($0.utf8)) } ?? []
  }

  /// Writes tensors with what is needed to rebuild the encoder, atomically.
  ///
  /// - Parameter provenance: who writes; added to the makers that `metadata` tell.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], as type: WeightType = .f32,
    configuration: VisionTransformerConfiguration, preprocessing: Preprocessing,
    metadata: [String: String] = [:], provenance: Provenance = Provenance(),
    to url: URL
  ) throws(Failure) {
    var text = metadata.merging(WeightFormat.metadata) { $1 }
    text["provenance"] = encode(Self.provenance(in: metadata) + [provenance])
    text["configuration"] = encode(configuration.weightsCoding)
    text["preprocessing"] = encode(preprocessing)
    try SafetensorsFile.write(tensors, as: type, metadata: text, to: url)
  }

  private static func encode(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("\(type(of: value)) cannot be encoded as JSON")
    }
    return String(decoding: data, as: UTF8.self)
  }

  private static func decode<T: Decodable>(
    _ key: String, over defaults: JSONValue, _ file: any TensorFile, _ path: String
  ) throws(Failure) -> T {
    guard let text = file.metadata[key],
      let tree = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    else {
      throw Failure(
        "no Vitrail encoder in this file: its metadata lacks '\(key)'", at: path,
        mend: "give the model.safetensors or a checkpoint of a run folder")
    }
    return try StrictDecoder.decode(T.self, from: defaults.overlaid(with: tree), at: "\(path), \(key)")
  }
}

extension VisionTransformer {
  /// Writes the encoder for use elsewhere, atomically.
  ///
  /// - Throws: `Failure` when the file cannot be written; nothing appears then.
  public func write(
    to url: URL, preprocessing: Preprocessing, provenance: Provenance = Provenance()
  ) throws(Failure) {
    try ModelFile.write(
      ownParameters.map { ($0.name, $0.value) }, configuration: configuration,
      preprocessing: preprocessing, provenance: provenance, to: url)
  }
}
