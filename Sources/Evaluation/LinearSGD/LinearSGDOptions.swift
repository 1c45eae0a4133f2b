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

  /// Checks the ranges.
  public func validate(at place: String) throws(Failure) {
    try requireOption(
      "batchSize", batchSize ?? 1, (batchSize ?? 1) > 0, "give at least 1, or leave it out", at: place)
    try requireOption(
      "blocks", blocks, !blocks.isEmpty && blocks.allSatisfy { $0 > 0 }, "give one or more numbers above 0",
      at: place)
    try requireOption(
      "averagesPatches", averagesPatches, !averagesPatches.isEmpty, "give [false], [true] or [false, true]",
      at: place)
    try requireOption(
      "learningRates", learningRates,
      !learningRates.isEmpty && learningRates.allSatisfy { $0 > 0 && $0.isFinite },
      "give one or more numbers above 0", at: place)
    try requireOption("iterations", iterations, iterations > 0, "give at least 1", at: place)
    try requireOption(
      "heldOutShare", heldOutShare, heldOutShare > 0 && heldOutShare < 1, "give a number between 0 and 1",
      at: place)
    try requireOption("epochs", epochs, epochs > 0, "give at least 1", at: place)
    try requireOption(
      "warmupEpochs", warmupEpochs, (0..<epochs).contains(warmupEpochs), "give less than epochs, \(epochs)",
      at: place)
    try requireOption("augmentedPasses", augmentedPasses, augmentedPasses >= 0, "give 0 or more", at: place)
  }
}
