import Platform
import Tensors

extension ExactConversion {
  /// Folds LayerScale into the layers before it, and every norm into the linear layer that reads it, as far as that is
  /// exact.
  public mutating func fold() {
    foldLayerScale()
    for norm in norms { fold(norm) }
  }

  private mutating func foldLayerScale() {
    let isBehindNorms = norms.contains { $0.site.role == .sublayerOutput }
    for scale in weights.parameters({ $0.role == .layerScale }) {
      guard !isBehindNorms else {
        changes.append(
          Change(
            name: scale.layer, before: "LayerScale", after: "LayerScale",
            note: "stays: norms are between it and the branches"))
        continue
      }
      let role: WeightRole = scale.site.sublayer == .attention ? .attentionProjection : .mlpOutput
      guard let writer = weights.linear(role, beside: scale.site) else {
        preconditionFailure("\(scale.name) scales no linear layer")
      }
      weights.scaleOutputs(writer, by: weights.values(scale.name))
      weights.remove(scale.name)
      changes.append(
        Change(name: scale.layer, before: "LayerScale", after: "–", note: "gain into \(writer)"))
    }
    if !isBehindNorms { original.layerScale = nil }
  }

  private mutating func fold(_ norm: DeclaredNorm) {
    if let affine = norm.norm as? any AffineInEvaluation {
      dissolve(norm, affine)
    } else if norm.hasAffine {
      foldAffine(of: norm)
    }
  }

  /// γ and β into the reader; what is left has `affine: false`.
  private mutating func foldAffine(of norm: DeclaredNorm) {
    guard let reader = reader(of: norm) else { return keep(norm, because: reasonToStay(norm)) }
    let width = norm.site.width
    let gain = weights.values("\(norm.name).weight")
    let bias = "\(norm.name).bias"
    weights.readThrough(
      reader, scale: gain.count == 1 ? Array(repeating: gain[0], count: width) : gain,
      shift: weights.contains(bias) ? weights.values(bias) : Array(repeating: 0, count: width),
      factor: inputFactor(norm))
    let what = weights.contains(bias) ? "gain and bias" : "gain"
    weights.remove("\(norm.name).weight")
    weights.remove(bias)
    var options = norm.choice.options
    options["affine"] = .bool(false)
    options["bias"] = nil
    replace(norm, by: Choice(norm.choice.name, options: options), "\(what) into \(reader)")
  }

  /// A norm that is an affine map becomes a part of its reader, or, where nothing linear reads it, that map.
  private mutating func dissolve(_ norm: DeclaredNorm, _ affine: any AffineInEvaluation) {
    guard affine.isAffineNow else { return keep(norm, because: "its statistics are not frozen yet") }
    let map = affine.affineMap
    let (scale, shift) = (map.scale.map { Double($0) }, map.shift.map { Double($0) })
    let reader = reader(of: norm)
    if reader == nil && norm.norm is Affine { return keep(norm, because: reasonToStay(norm)) }
    for parameter in weights.parameters({ $0.site.norm == norm.name }) { weights.remove(parameter.name) }
    guard let reader else {
      weights.set("\(norm.name).weight", scale)
      weights.set("\(norm.name).bias", shift)
      let options: [String: JSONValue] = map.centers ? ["centers": .bool(true)] : [:]
      return replace(norm, by: Choice(Affine.name, options: options), reasonToStay(norm))
    }
    weights.readThrough(reader, scale: scale, shift: shift, factor: inputFactor(norm))
    if map.centers { weights.ignoreInputMean(reader) }
    replace(norm, by: Choice(NoNorm.name), "wholly into \(reader)")
  }

  /// The linear layer that alone reads a norm; nil when there is none.
  func reader(of norm: DeclaredNorm) -> String? {
    let site = norm.parameterSite
    let role: WeightRole? =
      switch norm.site.role {
      case .patchPixels: .patchEmbedding
      case .sublayerInput: site.sublayer == .attention ? .queryKeyValue : .mlpHidden
      case .mixture: .attentionProjection
      case .hidden: .mlpOutput
      case .final: .prediction
      case .patchEmbedding, .sublayerOutput, .stream, .head: nil
      }
    guard let role, let name = weights.linear(role, beside: site),
      weights.inputs(ofLinear: name) == norm.site.width
    else { return nil }
    return name
  }

  private func reasonToStay(_ norm: DeclaredNorm) -> String {
    switch norm.site.role {
    case .patchEmbedding where norm.parameterSite.stage == .entry: "stays: positions are added behind it"
    case .patchEmbedding: "stays: GELU is behind it"
    case .sublayerOutput, .stream: "stays: the residual stream is behind it"
    case .head: "stays: attention's scores are behind it"
    case .final: "stays: features are read behind it"
    case .patchPixels, .sublayerInput, .mixture, .hidden: "stays: no linear layer reads it alone"
    }
  }

  private func inputFactor(_ norm: DeclaredNorm) -> Double {
    guard norm.site.role == .sublayerInput, let sublayer = norm.site.sublayer else { return 1 }
    return placement.inputFactor(sublayer)
  }

  private mutating func keep(_ norm: DeclaredNorm, because reason: String) {
    replace(norm, by: norm.choice, reason)
  }

  mutating func replace(_ norm: DeclaredNorm, by choice: Choice, _ note: String) {
    choices[norm.name] = choice
    let known = changes.firstIndex { $0.name == norm.name }
    let change = Change(
      name: norm.name, before: norm.choice.text, after: choice.text,
      note: known.map { "\(changes[$0].note); \(note)" } ?? note)
    if let known { changes[known] = change } else { changes.append(change) }
  }
}
