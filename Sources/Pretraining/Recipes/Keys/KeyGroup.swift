import Imaging
import Optimization
import Platform
import VisionTransformer

/// Keys that stand below one path of a recipe: `train`, or the options of an objective.
public struct KeyGroup: Sendable {
  /// What a heading calls it: `train`, `objective: mae`.
  public let title: String
  /// The keys, in the order of their declaration.
  public let keys: [RecipeKey]

  /// The keys of a type below `path`; `names` are the kinds of `vitrail list` that some of them choose from.
  public init<Keys: RangedKeys>(
    _ defaults: Keys, at path: String, kind: String? = nil, names: [String: String] = [:]
  ) {
    title = kind.map { path == $0 ? path : "\(path): \($0)" } ?? path
    keys = KeyMeanings.keys(of: Keys.self).map { key, meaning in
      RecipeKey(
        key, of: defaults, path: path, kind: kind, names: names[key].map { "a name of `vitrail list \($0)`" },
        summary: meaning)
    }
  }

  /// The options of a variant below `path`.
  public init<V: Variant>(of _: V.Type, at path: String) { self.init(V.Options(), at: path, kind: V.name) }

  /// All keys of a recipe: what is always there, then the options of every variant that has some.
  public static func recipe(_ variants: RunVariants = RunVariants()) -> [KeyGroup] {
    let norms = ["norm", "layerNorms", "finalNorm", "patchNormFunction"].map { ($0, "norms") }
    let chosen =
      norms + [
        ("placement", "placements"), ("initializer", "initializers"), ("positions", "positions"),
        ("stem", "stems"), ("activation", "activations"), ("patchNorm", "patchNorms"), ("size", "sizes"),
      ]
    var groups = [
      KeyGroup(
        VisionTransformerConfiguration(), at: "model", names: Dictionary(uniqueKeysWithValues: chosen)),
      KeyGroup(DataRecipe(), at: "data", names: ["augmentations": "augmentations"]),
      KeyGroup(MixedSet(path: ""), at: "data.mix"),
      KeyGroup(ViewRecipe(), at: "data.views", names: ["augmentations": "augmentations"]),
      KeyGroup(TrainRecipe(), at: "train"),
      KeyGroup(MonitorRecipe(), at: "train.monitor", names: ["evaluators": "evaluators"]),
      KeyGroup(Distillation(), at: "objective.distillation"),
    ]
    let seams: [(path: String, variants: [any Variant.Type])] = [
      ("objective", variants.objectives.variants), ("optimizer", variants.optimizers.variants),
      ("model.norm", variants.model.norms.variants), ("model.placement", variants.model.placements.variants),
      ("model.initializer", variants.model.initializers.variants),
      ("data.augmentations", Augmentations.all.variants),
    ]
    for seam in seams { groups += seam.variants.map { KeyGroup(of: $0, at: seam.path) } }
    return groups.filter { !$0.keys.isEmpty }
  }
}
