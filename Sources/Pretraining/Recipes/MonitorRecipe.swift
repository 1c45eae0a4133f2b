import Platform

/// The keys under `train.monitor`: evaluators that look at the encoder while it trains.
public struct MonitorRecipe: RangedKeys, Equatable {
  /// Steps between looks; there is one after the last step too.
  public var everySteps = 500
  /// Labelled images that evaluators learn from.
  public var train = ""
  /// Labelled images that they are measured on; absent: the test part of the same.
  public var test: String?
  /// The evaluators, by the names of `vitrail list evaluators`; the best checkpoint is the one that the first likes best.
  public var evaluators = ["knn", "linear"]
  /// Only that many images of each set, drawn at random, each class by its share.
  public var limit = 5000

  /// The defaults.
  public init() {}

  /// What each number may be.
  public static let ranges: [String: KeyRange] = ["everySteps": .count, "limit": .count]

  /// Decodes an object in which every key may be absent.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    everySteps = try keys.decodeIfPresent(Int.self, forKey: .everySteps) ?? everySteps
    train = try keys.decodeIfPresent(String.self, forKey: .train) ?? train
    test = try keys.decodeIfPresent(String.self, forKey: .test)
    evaluators = try keys.decodeIfPresent([String].self, forKey: .evaluators) ?? evaluators
    limit = try keys.decodeIfPresent(Int.self, forKey: .limit) ?? limit
  }

  /// Whether a look is due after a step.
  func isDue(after step: Int, of totalSteps: Int) -> Bool { step % everySteps == 0 || step == totalSteps }

  func validate() throws(Failure) {
    try requireRanges(usual: .encoding(MonitorRecipe()))
    try requireOption("train", "'\(train)'", !train.isEmpty, "give labelled images")
    try requireOption(
      "evaluators", evaluators, !evaluators.isEmpty, "list one or more, such as [knn]")
  }
}
