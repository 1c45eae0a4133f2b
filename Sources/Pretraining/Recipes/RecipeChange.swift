import Foundation
import Platform

/// A key whose value differs between two recipes.
public struct RecipeChange: Sendable, Equatable {
  /// What a change means for a run that goes on.
  enum Effect {
    /// It concerns how long, how fast or how loudly the run works, and no step that was taken.
    case none
    /// It decides how the coming steps learn; those before were taken otherwise.
    case steps
    /// It decides which images the coming steps see, and how.
    case data
    /// What was learned so far does not fit any more.
    case model
  }

  /// The path of the key, such as `train.batchSize`.
  public let key: String
  /// The two values as text; `absent` where a recipe has none.
  public let old, new: String

  /// What it means for a run that goes on.
  var effect: Effect {
    // With the last key of a group the group may have come or gone, and the teacher with it.
    if key.hasPrefix("objective.distillation") && (old == "absent" || new == "absent") { return .model }
    if Self.free.contains(key) || key.hasPrefix("train.monitor") { return .none }
    if Self.data.contains(key) { return .data }
    if Self.model.contains(key) { return .model }
    if key == "train.averageMomentum" && (old == "absent" || new == "absent") { return .model }
    if Self.steps.contains(key) || key.hasPrefix("train.") { return .steps }
    if key.hasPrefix("optimizer.") { return key == "optimizer.kind" ? .model : .steps }
    return key.hasPrefix("data.") ? .data : .model
  }

  private static let free: Set = [
    "train.steps", "train.epochs", "train.minutes", "train.logSteps", "train.checkpointMinutes",
    "train.checkpointSteps", "train.healthSteps", "train.featureSteps", "train.initialWeights",
    "train.recompute", "objective.distillation.teacher",
    "data.path", "data.test", "data.threads", "data.cacheSize", "data.maxBad",
  ]
  private static let data: Set = ["train.batchSize", "train.seed"]
  private static let model: Set = ["train.trainable"]
  private static let steps: Set = [
    "data.cache", "data.cacheSide", "data.filter", "data.evaluationResize", "objective.distillation.weight",
  ]
}

extension Recipe {
  /// The keys whose values are others in `other`, in the order of their names; of a mixture its sets' paths count for
  /// nothing.
  public func changes(to other: Recipe) -> [RecipeChange] {
    let (old, new) = (Self.values(self), Self.values(other))
    return Set(old.keys).union(new.keys).sorted().compactMap { key in
      guard old[key] != new[key] else { return nil }
      return RecipeChange(key: key, old: old[key]?.text ?? "absent", new: new[key]?.text ?? "absent")
    }
  }

  /// The keys that settings would change if they were laid over this recipe, which has every choice made: `auto` and
  /// null ask for nothing. Where images and weights lie is not compared.
  ///
  /// - Throws: `Failure` for settings that no recipe has.
  public func changes(laying settings: JSONValue) throws(Failure) -> [RecipeChange] {
    let tree = JSONValue.encoding(self)
    guard case .object(let asked)? = Self.pruned(settings, over: tree) else { return [] }
    let laid = tree.overlaid(with: .object(asked))
    var wanted = try StrictDecoder.decode(Recipe.self, from: laid, at: "the settings")
    if train.minutes != nil, let warmup = train.warmupEpochs {
      // The measured length has shortened it.
      wanted.train.warmupEpochs = min(warmup, wanted.train.warmupEpochs ?? warmup)
    }
    return changes(to: wanted)
      .filter { !["data.path", "data.test", "train.initialWeights"].contains($0.key) }
  }

  /// Settings without those that ask for nothing beside a recipe in which every choice is made.
  private static func pruned(_ settings: JSONValue, over tree: JSONValue?) -> JSONValue? {
    switch settings {
    case .null, .string("auto"): return nil
    case .string(let name) where tree?["kind"] == JSONValue.string(name): return nil
    case .string(let path) where tree?.string == URL(fileURLWithPath: path).standardizedFileURL.path:
      return nil
    case .object(let entries):
      return .object(
        Dictionary(
          uniqueKeysWithValues: entries.compactMap { key, value in
            pruned(value, over: tree?[key]).map { (key, $0) }
          }))
    default: return settings
    }
  }

  /// The values of all keys by their paths.
  private static func values(_ recipe: Recipe) -> [String: JSONValue] {
    var recipe = recipe
    for number in (recipe.data.mix ?? []).indices { recipe.data.mix?[number].path = "" }
    var values: [String: JSONValue] = [:]
    func add(_ value: JSONValue, at path: String) {
      // A variant without options is written as its name alone.
      if case .string = value, ["objective", "optimizer"].contains(path) {
        values[path + ".kind"] = value
      } else if case .object(let entries) = value, !entries.isEmpty {
        for (key, entry) in entries { add(entry, at: path.isEmpty ? key : "\(path).\(key)") }
      } else {
        values[path] = value
      }
    }
    add(.encoding(recipe), at: "")
    return values
  }
}
