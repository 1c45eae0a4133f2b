import Platform

/// What classifiers that learned from few images measured.
public struct FewShotResult: EvaluationResult, Equatable {
  /// What learned.
  public let classifier: FewShotClassifier
  /// The numbers of images a class, ascending.
  public let shots: [Shots]

  /// What was measured with one number of images a class.
  public struct Shots: Encodable, Sendable, Equatable {
    /// Images a class.
    public let shots: Int
    /// Top-1 of every draw.
    public let top1: [Double]
    /// Classes that have fewer images, and gave all of them.
    public let shortClasses: Int

    /// The mean over the draws.
    public var mean: Double { top1.reduce(0, +) / Double(top1.count) }
    /// The standard deviation over the draws, √(Σ(x − mean)²/(draws − 1)); 0 for one draw.
    public var deviation: Double {
      let squares = top1.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / Double(max(top1.count - 1, 1))).squareRoot()
    }

    private enum CodingKeys: CodingKey { case shots, mean, deviation, top1, shortClasses }

    /// Encodes mean and deviation too.
    public func encode(to encoder: any Encoder) throws {
      var object = encoder.container(keyedBy: CodingKeys.self)
      try object.encode(shots, forKey: .shots)
      try object.encode(mean, forKey: .mean)
      try object.encode(deviation, forKey: .deviation)
      try object.encode(top1, forKey: .top1)
      try object.encode(shortClasses, forKey: .shortClasses)
    }
  }

  /// Mean top-1 by number of images a class.
  public var baseline: [Int: Double] {
    Dictionary(uniqueKeysWithValues: shots.map { ($0.shots, $0.mean) })
  }

  /// The mean at each number of images a class, then the standard deviations.
  public var measures: [Measure] {
    shots.map { Measure("\($0.shots) a class", $0.mean) }
      + shots.map { Measure("\($0.shots) a class, deviation", $0.deviation, .share, .neither) }
  }

  /// The means as a line, and every draw.
  public var attachments: [EvaluationAttachment] {
    [
      .curves(
        name: "shots", horizontal: "images a class", vertical: "top-1",
        [(classifier.rawValue, shots.map { (Double($0.shots), $0.mean) })]),
      .table(
        name: "draws", header: ["images a class", "draw", "top-1"],
        rows: shots.flatMap { entry in
          entry.top1.enumerated().map { ["\(entry.shots)", "\($0)", "\($1)"] }
        }),
    ]
  }
}
