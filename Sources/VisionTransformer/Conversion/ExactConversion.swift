import Platform
import Tensors

/// Changes a model without changing what it computes: norms' gains and biases go into the linear layers that read them
/// (FlashNorm, Graef et al., 2024), norms whose statistics are frozen go wholly, and a Pre-LN model becomes Pre-RMSNorm or
/// Pre-CRMSNorm (Jiang et al., 2023).
///
/// It reads the parameters of an encoder, and of the decoder beside it where there is one, under the names that public
/// masked autoencoders use.
public struct ExactConversion: Sendable {
  /// What the norms that read the residual stream become.
  public enum StreamNorm: String, Sendable, CaseIterable {
    case rmsNorm, crmsNorm
  }

  /// What became of one norm, or of one LayerScale.
  public struct Change: Sendable, Equatable {
    /// Its place.
    public let name: String
    /// What stood there.
    public let before: String
    /// What stands there now.
    public let after: String
    /// Where its parameters went, or why they stayed.
    public let note: String
  }

  /// What was done, in the order of the model.
  public internal(set) var changes: [Change] = []
  var weights: WeightTable
  let norms: [DeclaredNorm]
  let placement: any NormPlacement
  let place: String
  var original: VisionTransformerConfiguration
  var choices: [String: Choice]

  /// Starts from a model with its present weights; `place` says where it came from.
  public init(of model: VisionTransformer, at place: String) {
    weights = WeightTable(model.parameters)
    norms = model.recipe.declaredNorms
    placement = model.recipe.placement
    original = model.configuration
    choices = Dictionary(norms.map { ($0.name, $0.choice) }, uniquingKeysWith: { first, _ in first })
    self.place = place
  }

  /// Gives every parameter of a model of `configuration` its converted value.
  ///
  /// - Throws: `Failure` when the model has a parameter that the conversion did not make.
  public func load(into store: ParameterStore) throws(Failure) { try weights.load(into: store, at: place) }

  /// The architecture after the conversion: what most norms of a kind are by its keys, the others by the names of their
  /// sites.
  public var configuration: VisionTransformerConfiguration {
    var result = original
    var expected: [String: Choice] = [:]
    func share(_ group: [DeclaredNorm]) -> Choice? {
      var counts: [(choice: Choice, count: Int)] = []
      for norm in group {
        guard let choice = choices[norm.name] else { continue }
        if let index = counts.firstIndex(where: { $0.choice == choice }) {
          counts[index].count += 1
        } else {
          counts.append((choice, 1))
        }
      }
      // The first of those that are most frequent.
      guard let most = counts.map(\.count).max() else { return nil }
      let common = counts.first { $0.count == most }?.choice
      for norm in group { expected[norm.name] = common }
      return common
    }
    let (patch, rest) = norms.separated { [.patchPixels, .patchEmbedding].contains($0.site.role) }
    let (final, inBlocks) = rest.separated { $0.site.role == .final }
    let (listed, blocks) = inBlocks.separated {
      !original.layerNorms.isEmpty && $0.parameterSite.owner == .encoder
    }
    result.norm = share(blocks) ?? original.norm
    for layer in original.layerNorms.indices {
      let choice = share(listed.filter { $0.site.sublayer?.layer == layer })
      result.layerNorms[layer] = choice ?? original.layerNorms[layer]
    }
    result.patchNormFunction = share(patch) ?? original.patchNormFunction
    result.finalNorm = share(final) ?? original.finalNorm
    result.siteNorms = choices.filter { expected[$0.key] != $0.value }
    return result
  }
}

extension Array {
  /// Those that fulfil the condition, and the others.
  fileprivate func separated(_ belongs: (Element) -> Bool) -> (Self, Self) {
    (filter(belongs), filter { !belongs($0) })
  }
}

extension Choice {
  /// The name, and the options that were given.
  var text: String {
    let given = options.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }
    return given.isEmpty ? name : "\(name) {\(given.joined(separator: ", "))}"
  }
}
