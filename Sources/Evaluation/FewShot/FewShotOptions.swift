import Platform

/// Settings of classification from few images.
public struct FewShotOptions: DefaultedOptions {
  /// The numbers of train images a class.
  public var shots = [1, 5, 10]
  /// How often train images are drawn for each number.
  public var draws = 10
  /// Chooses the images.
  public var seed: UInt64 = 0
  /// What learns from the images.
  public var classifier = FewShotClassifier.centroid
  /// Of `knn`, neighbours that vote; at most the shots.
  public var k = 20

  /// The defaults.
  public init() {}

  /// What each number may be.
  public static let ranges: [String: KeyRange] = ["shots": .count, "draws": .count, "k": .count]
}
