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
  public init<Options: DefaultedOptions>(options: Options.Type, of kind: String, at path: String) {
    self.init(Options(), at: path, kind: kind)
  }

  /// All keys of a recipe: what is always there, then the options of every variant that has some.
  public static func recipe(_ variants: RunVariants = RunVariants()) -> [KeyGroup] {
    let norms = ["norm", "layerNorms", "finalNorm", "patchNormFunction"].map { ($0, "norms") }
    let chosen =
      norms + [
        ("placement", "placements"), ("initializer", "initializers"), ("positions", "positions"),
        ("stem", "stems"), ("patchNorm", "patchNorms"), ("size", "sizes"),
      ]
    var groups = [
      KeyGroup(ModelRecipe(), at: "model", names: Dictionary(uniqueKeysWithValues: chosen)),
      KeyGroup(DataRecipe(), at: "data", names: ["augmentations": "augmentations"]),
      KeyGroup(MixedSet(path: ""), at: "data.mix"),
      KeyGroup(ViewRecipe(), at: "data.views", names: ["augmentations": "augmentations"]),
      KeyGroup(TrainRecipe(), at: "train"),
      KeyGroup(MonitorRecipe(), at: "train.monitor", names: ["evaluators": "evaluators"]),
    ]
    func add<O: Objective>(_: O.Type) {
      groups.append(KeyGroup(options: O.Options.self, of: O.name, at: "objective"))
    }
    func add<O: Optimizer>(_: O.Type) {
      groups.append(KeyGroup(options: O.Options.self, of: O.name, at: "optimizer"))
    }
    func add<N: Norm>(_: N.Type) {
      groups.append(KeyGroup(options: N.Options.self, of: N.name, at: "model.norm"))
    }
    func add<P: NormPlacement>(_: P.Type) {
      groups.append(KeyGroup(options: P.Options.self, of: P.name, at: "model.placement"))
    }
    func add<I: Initializer>(_: I.Type) {
      groups.append(KeyGroup(options: I.Options.self, of: I.name, at: "model.initializer"))
    }
    func add<A: Augmentation>(_: A.Type) {
      groups.append(KeyGroup(options: A.Options.self, of: A.name, at: "data.augmentations"))
    }
    for variant in variants.objectives { add(variant) }
    for variant in variants.optimizers { add(variant) }
    for variant in variants.model.norms { add(variant) }
    for variant in variants.model.placements { add(variant) }
    for variant in variants.model.initializers { add(variant) }
    for variant in Augmentations.all { add(variant) }
    return groups.filter { !$0.keys.isEmpty }
  }
}
