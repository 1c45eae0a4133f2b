import Optimization
import Platform
import VisionTransformer

/// Everything that fixes a pretraining run; what a recipe file holds, with a default for every key.
public struct Recipe: Codable, Sendable, Equatable {
  /// The encoder.
  public var model = VisionTransformerConfiguration()
  /// The task: a name, or a group of keys with `kind`.
  public var objective: Choice = "mae"
  /// The images and how they become input.
  public var data = DataRecipe()
  /// The optimiser: a name, or a group of keys with `kind`.
  public var optimizer: Choice = "adamW"
  /// Length, batch, rates and what is written when.
  public var train = TrainRecipe()

  /// The defaults: MAE with a tiny encoder on 224-pixel images.
  public init() {}

  /// Decodes a tree of keys over the defaults; `variants` is what it may name.
  ///
  /// - Throws: `Failure` that names `place` and the key path of what is unknown or does not fit.
  public init(
    _ tree: JSONValue, variants: RunVariants = RunVariants(), at place: String
  ) throws(Failure) {
    let full = JSONValue.encoding(Recipe()).overlaid(with: variants.registeringNames(in: tree))
    self = try StrictDecoder.decode(Recipe.self, from: full, at: place)
    try located(place, separator: ": ") { () throws(Failure) in try validate(variants) }
  }

  /// Checks what a type alone cannot.
  private func validate(_ variants: RunVariants) throws(Failure) {
    try located("model") { () throws(Failure) in
      try model.requireRanges(usual: .encoding(VisionTransformerConfiguration()))
      try model.validate()
    }
    try located("train") { () throws(Failure) in try train.validate() }
    try located("data") { () throws(Failure) in try data.validate(for: model) }
    try located("model") { () throws(Failure) in
      _ = try LayerRecipe(model, variants: variants.model)
    }
    _ = try variants.optimizers.select(optimizer, at: "optimizer")
    try variants.objectives.requireDistillable(objective, at: "objective")
    _ = try variants.objectives.select(objective, at: "objective")
  }

  /// Equal when the same keys say the same: a named size is not the numbers that it stands for.
  public static func == (one: Recipe, other: Recipe) -> Bool {
    one.model.isWritten(like: other.model)
      && (one.model, one.objective, one.data, one.optimizer, one.train)
        == (other.model, other.objective, other.data, other.optimizer, other.train)
  }
}
