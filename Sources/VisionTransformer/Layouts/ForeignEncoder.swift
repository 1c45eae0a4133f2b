import Foundation
import Imaging
import Platform
import Tensors

/// An encoder that another library wrote, as Vitrail sees it.
struct ForeignEncoder {
  let configuration: VisionTransformerConfiguration
  let preprocessing: Preprocessing
  let tensors: RenamedTensors
  let origin: ModelFile.Origin

  /// - Throws: `Failure` when the file holds no encoder of a known layout, one with parts that Vitrail's has not, or one of
  ///   which something has to be given.
  init(
    in file: any TensorFile, beside weights: URL, given: EncoderFacts, otherwise: EncoderFacts
  ) throws(Failure) {
    guard let found = try FoundEncoder(in: file) else {
      try UnreadParts.refuse(file.shapes.keys, at: file.path)
      throw Failure(
        "no encoder in this file: its tensors are named as in none of the layouts "
          + WeightLayout.all.map(\.name).sorted().joined(separator: ", "), at: file.path,
        mend: "give weights of a plain Vision Transformer; vitrail inspect lists what the file holds")
    }
    let facts = given.over(try EncoderFacts(beside: weights)).over(found.facts).over(otherwise)
    try Self.requireAll(facts, of: found, at: file.path)
    guard let size = facts.imageSize ?? found.squareSize, let heads = facts.headCount,
      let epsilon = facts.epsilon, let said = facts.activation, let function = facts.norm
    else { preconditionFailure("requireAll lets no encoder pass of which these are not known") }
    var options: [String: JSONValue] = epsilon == 1e-6 ? [:] : ["epsilon": .number(epsilon)]
    let normsHaveBias = function == .layerNorm || !found.hasNormsWithoutBias
    if function == .rmsNorm && normsHaveBias { options["bias"] = .bool(true) }
    let norm = Choice(function.rawValue, options: options)
    var configuration = VisionTransformerConfiguration()
    configuration.width = found.width
    configuration.depth = found.depth
    configuration.headCount = heads
    configuration.mlpRatio = Double(found.hiddenWidth) / Double(found.width)
    configuration.activation = try Self.activation(said, of: found, at: file.path)
    configuration.imageSize = size
    configuration.patchSize = found.patchSize
    configuration.channels = found.channels
    configuration.hasClassToken = found.hasClassToken
    configuration.registerCount = found.registerCount
    configuration.positions = .learned
    configuration.pooling = facts.pooling ?? (found.hasClassToken ? .classToken : .mean)
    configuration.patchNorm = PatchNorm(pre: found.hasPixelNorm, post: found.hasPatchNorm)
    configuration.patchNormFunction = norm
    configuration.norm = norm
    configuration.finalNorm = found.hasFinalNorm || found.normsPooled ? nil : "none"
    configuration.normBeforeBlocks = found.hasEntryNorm
    configuration.normAfterPooling = found.normsPooled
    configuration.placement = "pre"
    configuration.queryKeyNorm = found.hasQueryKeyNorm
    configuration.layerScale = found.hasLayerScale ? 1e-5 : nil
    try located(file.path) { () throws(Failure) in try configuration.validate() }
    var form = try found.form(patchCount: configuration.grid.count)
    form.normsHaveBias = normsHaveBias
    let rules = try found.rules(form)
    let table = RenamedTensors(rules, of: file)
    if found.width % 4 == 0, Self.isFixed(try table.values(of: EncoderNames().positions), configuration) {
      configuration.positions = .sinCos2D
    }
    self.configuration = configuration
    preprocessing = try Self.preprocessing(facts, configuration, at: file.path)
    var decoder: FoundDecoder?
    if facts.decoderHeadCount != nil {
      decoder = try FoundDecoder(
        beside: found, form, in: file.shapes, at: file.path)
    }
    let head = decoder == nil ? FoundHead(beside: found, in: file.shapes, named: facts.classNames) : nil
    let all = rules + (decoder?.rules ?? head?.rules ?? [])
    var metadata: [String: String] = [:]
    if let objective = decoder?.objective(facts) ?? head?.objective {
      metadata["recipe"] = Self.recipe(objective, configuration, preprocessing)
    }
    tensors = RenamedTensors(all, of: file, metadata: metadata)
    origin = ModelFile.Origin(
      layout: found.layout, prefix: found.prefix, unread: found.unread(besides: all),
      transfer: found.registerCount > 0 ? .antialiased : found.layout.transfer)
  }

  /// The recipe that a run would have written here: what is beside the encoder is said by it.
  private static func recipe(
    _ objective: [String: JSONValue], _ configuration: VisionTransformerConfiguration,
    _ preprocessing: Preprocessing
  ) -> String {
    JSONValue.object([
      "model": .encoding(configuration), "objective": .object(objective),
      "data": .object([
        "mean": .encoding(preprocessing.mean),
        "standardDeviation": .encoding(preprocessing.standardDeviation),
      ]),
    ]).text
  }

  /// Asks at once for all that is not known.
  private static func requireAll(_ facts: EncoderFacts, of found: FoundEncoder, at path: String)
    throws(Failure)
  {
    var missing: [(what: String, option: String)] = []
    if facts.headCount == nil { missing.append(("the number of heads", "--encoder-heads")) }
    if facts.norm == nil { missing.append(("which norms it has", "--encoder-norm")) }
    if facts.epsilon == nil { missing.append(("the epsilon of its norms", "--encoder-epsilon")) }
    if facts.activation == nil { missing.append(("its activation", "--encoder-activation")) }
    if facts.mean == nil { missing.append(("the means of the channels", "--encoder-mean")) }
    if facts.standardDeviation == nil { missing.append(("their standard deviations", "--encoder-std")) }
    if facts.imageSize == nil, found.squareSize == nil {
      missing.append(("the size of images", "--encoder-image-size"))
    }
    guard !missing.isEmpty else { return }
    throw Failure(
      "weights in the layout of \(found.layout.title), which do not tell "
        + missing.map(\.what).joined(separator: ", "), at: path,
      mend: "put its config.json beside it, or give \(missing.map(\.option).joined(separator: " "))")
  }

  /// What is said of the function between the layers, beside what their shapes tell. Of a gate that is SiLU's, files say
  /// SiLU.
  private static func activation(
    _ said: Activation, of found: FoundEncoder, at path: String
  ) throws(Failure) -> Activation {
    switch (found.isGated, said) {
    case (true, .swiGLU), (true, .silu): return .swiGLU
    case (true, _):
      throw Failure(
        "MLPs with a gate of \(said.rawValue), where Vitrail's encoder has SiLU alone", at: path,
        mend: "if the gate is SiLU's, give --encoder-activation swiGLU")
    case (false, .swiGLU):
      throw Failure(
        "MLPs without a gate, where swiGLU is said of them", at: path,
        mend: "give what is between their layers: --encoder-activation")
    case (false, _): return said
    }
  }

  /// Whether a table of positions is the fixed one of sines and cosines, the class token's row zero.
  private static func isFixed(_ table: [Scalar], _ configuration: VisionTransformerConfiguration) -> Bool {
    let grid = configuration.grid
    let fixed =
      [Scalar](repeating: 0, count: configuration.hasClassToken ? configuration.width : 0)
      + Positions.sinCosTable(rows: grid.rows, columns: grid.columns, width: configuration.width)
    return zip(table, fixed).allSatisfy { abs($0 - $1) < 1e-5 }
  }

  private static func preprocessing(
    _ facts: EncoderFacts, _ configuration: VisionTransformerConfiguration, at path: String
  ) throws(Failure) -> Preprocessing {
    let channels = configuration.channels
    func numbers(_ values: [Float]?, _ what: String) throws(Failure) -> [Float] {
      let values = values ?? []
      guard values.count == channels || values.count == 1 else {
        throw Failure(
          "\(values.count) \(what) for \(channels) channels", at: path,
          mend: "give one number for each channel")
      }
      return values.count == channels ? values : [Float](repeating: values[0], count: channels)
    }
    let deviation = try numbers(facts.standardDeviation, "standard deviations")
    guard deviation.allSatisfy({ $0 > 0 }) else {
      throw Failure("a standard deviation that is not above 0", at: path, mend: "give numbers above 0")
    }
    let size = configuration.imageSize
    return Preprocessing(
      height: size.height, width: size.width, channels: channels,
      resizeShorterSide: max(facts.resizeShorterSide ?? 0, min(size.height, size.width)),
      filter: facts.filter ?? .bicubic, mean: try numbers(facts.mean, "means"), standardDeviation: deviation)
  }
}
