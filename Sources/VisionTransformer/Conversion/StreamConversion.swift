import Platform
import Tensors

extension ExactConversion {
  /// Folds, makes all that writes the residual stream sum to 0 over the channels, and replaces the LayerNorms that read it
  /// by RMSNorms, or, with the stream's last channel left away, by CRMSNorms (Jiang et al., 2023).
  ///
  /// A norm after the patch projection, and the final norm, still see all D channels: features and heads stay what they
  /// were.
  ///
  /// - Throws: `Failure` when the placement or a norm does not allow it.
  public mutating func convertStream(to target: StreamNorm) throws(Failure) {
    try check(for: target)
    fold()
    if original.stream == .full { centerStream() }
    if target == .crmsNorm { compressStream() }
  }

  private var streamReaders: [DeclaredNorm] {
    norms.filter { [.sublayerInput, .final].contains($0.site.role) }
  }

  private func check(for target: StreamNorm) throws(Failure) {
    guard placement.sumsBranches else {
      throw Failure(
        "the stream of the placement '\(original.placement.name)' cannot be centred without changing outputs",
        at: place, mend: "convert a model of a placement such as pre, or use --fold alone")
    }
    guard !original.normAfterPooling else {
      throw Failure(
        "tokens leave this encoder without a norm: centring the stream would change them", at: place,
        mend: "use --fold alone")
    }
    guard original.stream != .compressed && (original.stream == .full || target != .rmsNorm) else {
      throw Failure(
        "the model is converted already", at: place,
        mend: target == .crmsNorm ? "use it as it is" : "use it as it is, or choose --norm crmsNorm")
    }
    let allowed = original.stream == .full ? [LayerNorm.name] : [LayerNorm.name, RMSNorm.name]
    for norm in streamReaders where !allowed.contains(norm.choice.name) {
      throw Failure(
        "\(norm.name) is \(norm.choice.name): only a LayerNorm is an RMSNorm of a centred stream", at: place,
        mend: "convert a model whose norms are layerNorm, or use --fold alone")
    }
  }

  /// The last linear layers of all branches.
  private var branchWriters: [String] {
    layers { $0.writesStream }
  }

  /// The linear layers that a stream begins with: a norm behind the patch projection, or before the blocks, takes the
  /// place of the encoder's.
  private var entries: [String] {
    let hasPostNorm = norms.contains {
      $0.site.role == .patchEmbedding && $0.parameterSite.stage == .entry
    }
    // A stem of several layers ends with the one that makes the embedding.
    let projections =
      hasPostNorm || original.normBeforeBlocks ? [] : layers { $0 == .patchEmbedding }.suffix(1)
    return projections + layers { $0 == .decoderEmbedding }
  }

  /// The linear layers with weights of some roles, a teacher's left out: its norms stay as they are.
  private func layers(_ isWanted: (WeightRole) -> Bool) -> [String] {
    weights.parameters {
      guard case .matrix(let role) = $0.role, $0.site.owner != .teacher else { return false }
      return isWanted(role)
    }.map(\.layer)
  }

  /// Vectors that are added to a stream or are tokens of it.
  private var tokens: [String] {
    weights.parameters {
      [.token, .positions].contains($0.role) && $0.site.owner != .teacher
        && !(original.normBeforeBlocks && $0.site.stack == ParameterSite.encoderStack)
    }.map(\.name)
  }

  private mutating func centerStream() {
    for writer in entries + branchWriters { weights.centerOutputs(writer) }
    for token in tokens { weights.centerRows(token) }
    for norm in streamReaders {
      var options: [String: JSONValue] = ["epsilon": norm.options["epsilon"] ?? .number(1e-6)]
      if norm.site.role == .final && choices[norm.name]?.options["affine"] != .bool(false) {
        options["affine"] = norm.options["affine"]
        options["bias"] = norm.options["bias"]
      } else {
        options["affine"] = .bool(false)
      }
      replace(norm, by: Choice(RMSNorm.name, options: options), "input centred")
    }
    original.stream = .centered
  }

  private mutating func compressStream() {
    for writer in entries + branchWriters { weights.dropLastOutput(writer) }
    for token in tokens { weights.dropLastChannel(token) }
    for norm in streamReaders where norm.site.role == .sublayerInput {
      if let reader = reader(of: norm) { weights.readWithoutLastInput(reader) }
      let epsilon = norm.options["epsilon"] ?? .number(1e-6)
      replace(
        norm, by: Choice(CRMSNorm.name, options: ["epsilon": epsilon, "affine": .bool(false)]),
        "input without the last channel")
    }
    original.stream = .compressed
  }
}
