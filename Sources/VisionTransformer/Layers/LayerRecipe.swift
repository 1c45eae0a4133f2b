import Platform
import Tensors

/// The choices that the layers of a model share, made into the objects that carry them out.
public struct LayerRecipe: Sendable {
  /// Where norms stand.
  public let placement: any NormPlacement
  /// How weights start.
  public let initializer: any Initializer
  /// Whether queries and keys are normed, head by head (Dehghani et al., 2023).
  public let hasQueryKeyNorm: Bool
  /// The function between the layers of an MLP.
  public let activation: Activation
  /// Attentions, and MLPs, side by side in a block.
  public let branchCount: Int
  private let block, patch, final: NormFactory
  private var ofLayer: [NormFactory]
  private var ofSite: [String: NormFactory] = [:]
  private let declared = DeclaredNorms()

  /// Makes the choices of a configuration.
  ///
  /// - Throws: `Failure` for an unknown name or option, or a combination that is none.
  public init(
    _ configuration: VisionTransformerConfiguration, variants: ModelVariants = ModelVariants()
  ) throws(Failure) {
    func norms(_ choice: Choice, _ key: String) throws(Failure) -> NormFactory {
      try variants.norms.select(choice, at: key).factory
    }
    block = try norms(configuration.norm, "norm")
    patch = try norms(configuration.patchNormFunction, "patchNormFunction")
    final = try norms(configuration.finalNorm ?? configuration.norm, "finalNorm")
    ofLayer = []
    for (layer, choice) in configuration.layerNorms.enumerated() {
      ofLayer.append(try norms(choice, "layerNorms[\(layer)]"))
    }
    for (name, choice) in configuration.siteNorms {
      ofSite[name] = try norms(choice, "siteNorms.\(name)")
    }
    placement = try variants.placements.select(configuration.placement, at: "placement").make()
    initializer = try variants.initializers.select(
      configuration.initializer ?? type(of: placement).initializer, at: "initializer"
    ).make()
    hasQueryKeyNorm = configuration.queryKeyNorm
    activation = configuration.activation
    branchCount = configuration.branchCount
    guard branchCount == 1 || placement.allowsParallelBranches else {
      throw Failure(
        "parallel branches under the placement '\(configuration.placement.name)'", at: "branches",
        mend: "choose placement: pre, or branches: 1")
    }
    guard !configuration.normAfterPooling || placement.hasFinalNorm else {
      throw Failure(
        "normAfterPooling under the placement '\(configuration.placement.name)', which has no final norm",
        at: "normAfterPooling", mend: "choose placement: pre, or normAfterPooling: false")
    }
    guard configuration.stream == .full || placement.sumsBranches else {
      throw Failure(
        "a \(configuration.stream.rawValue) stream under the placement '\(configuration.placement.name)'",
        at: "stream", mend: "choose stream: full")
    }
  }

  /// Declares the norm of a site: that of its name or of its layer where these are listed, else the one of the model.
  public func norm(_ site: NormSite, scope: ParameterScope) -> any Norm {
    let scope = scope.asNorm
    let factory = ofSite[scope.prefix] ?? factory(of: site)
    let norm = factory(site, scope: scope)
    declared.append(
      DeclaredNorm(
        name: scope.prefix, site: site, parameterSite: scope.site, choice: factory.choice, norm: norm))
    return norm
  }

  /// All norms that were declared so far, those of decoders included.
  public var declaredNorms: [DeclaredNorm] { declared.all }

  private func factory(of site: NormSite) -> NormFactory {
    switch site.role {
    case .patchPixels, .patchEmbedding: return patch
    case .final: return final
    default:
      guard let layer = site.sublayer?.layer, !ofLayer.isEmpty else { return block }
      return ofLayer[layer]
    }
  }

  /// The same choices for another stack, such as a decoder, whose layers are not those of the encoder's list.
  public var withoutLayerNorms: LayerRecipe {
    var copy = self
    copy.ofLayer = []
    return copy
  }

  /// Whether a token's value depends on the other tokens of the batch.
  public var usesBatchStatistics: Bool {
    ([block, patch, final] + ofLayer + ofSite.values).contains { $0.usesBatchStatistics }
  }
}
