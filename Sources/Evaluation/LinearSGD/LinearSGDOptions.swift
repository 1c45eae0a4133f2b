import Platform

/// How heads are trained by SGD.
public enum LinearSGDProtocol: String, Codable, Sendable, CaseIterable {
  /// A grid of heads, the best on held-out rows (Oquab et al., 2023).
  case dinov2
  /// One head behind a batch norm, by LARS on augmented images (He et al., 2021).
  case mae
}

/// Settings of the probe by SGD.
public struct LinearSGDOptions: DefaultedOptions {
  /// How heads are trained.
  public var `protocol` = LinearSGDProtocol.dinov2
  /// Rows a step; by default 128 for `dinov2`, 16384 for `mae`, which takes a quarter of the rows at most.
  public var batchSize: Int?
  /// Draws initial weights, the order of rows and what is held out.
  public var seed: UInt64 = 0

  /// `dinov2`: from how many last blocks features are taken; a head for each.
  public var blocks = [1, 4]
  /// `dinov2`: whether the mean of the last block's patches is appended; a head for each.
  public var averagesPatches = [false, true]
  /// `dinov2`: learning rates for 256 rows a step; a head for each.
  public var learningRates = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1]
  /// `dinov2`: steps.
  public var iterations = 12_500
  /// `dinov2`: share of every train class that is held out to choose the head.
  public var heldOutShare = 0.1

  /// `mae`: times that every row is seen.
  public var epochs = 90
  /// `mae`: epochs over which the learning rate rises from 0.
  public var warmupEpochs = 10
  /// `mae`: passes over augmented images, used in turn, an epoch each; 0 takes the features of the evaluation views.
  ///
  /// A pass costs a run of the encoder over the train images and memory for its features; the paper has 90, one an epoch.
  /// One is the default because 16 scored the same within noise.
  public var augmentedPasses = 1

  /// The defaults.
  public init() {}

  /// What each number may be.
  public static let ranges: [String: KeyRange] = [
    "batchSize": .count, "blocks": .count, "learningRates": .above(0, to: 1e300), "iterations": .count,
    "heldOutShare": .above(0, below: 1), "epochs": .from(1, to: 1e6), "warmupEpochs": .from(0, to: 1e6),
    "augmentedPasses": .from(0, to: 1e6),
  ]

  /// Checks the warm-up, and that there is a head to train.
  public func validate() throws(Failure) {
    try requireOption(
      "averagesPatches", averagesPatches, !averagesPatches.isEmpty, "give [false], [true] or [false, true]")
    try requireOption(
      "warmupEpochs", warmupEpochs, warmupEpochs < epochs, "give less than epochs, \(epochs)")
  }
}
