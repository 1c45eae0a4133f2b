import Platform
import Tensors

/// The nearest class mean: a test row is of the class whose direction is nearest, the direction of a class being the mean
/// of its rows' unit vectors, made a unit vector again.
///
/// Probabilities, which the calibration error asks for, are the softmax of cosine/T at the vote's temperature; the
/// choice of T moves no row to another class. Nothing is chosen, and there is nothing to fit.
public enum NearestClassMean: Evaluator {
  /// `centroid`.
  public static let name = "centroid"
  /// Other names for it.
  public static let aliases = ["nearestClassMean", "nearestCentroid"]
  /// What it measures, in one line.
  public static let summary = "the class whose mean direction has the largest cosine"
  /// Where the protocol comes from.
  public static let source = "Mensink et al., 2013; Snell et al., 2017"

  /// Settings of the nearest class mean.
  public struct Options: DefaultedOptions {
    /// T of the probabilities, the softmax of cosine/T.
    public var temperature = 0.07

    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["temperature": .above(0, to: 1e6)]
  }

  /// What the nearest class mean measured.
  public struct Result: EvaluationResult, Equatable {
    /// What the probabilities say about the test set.
    public let scores: ClassificationScores
    /// T of the probabilities.
    public let temperature: Double

    /// Top-1.
    public var baseline: Double { scores.top1 }
    /// Those of any classifier.
    public var measures: [Measure] { scores.measures }
    /// Which test rows are right.
    public var isRight: [Bool]? { scores.isRight }
    /// Confusion matrix and classes.
    public var attachments: [EvaluationAttachment] { scores.attachments }

    private enum CodingKeys: CodingKey { case temperature }

    /// Encodes the scores' keys beside the temperature.
    public func encode(to encoder: any Encoder) throws {
      try scores.encode(to: encoder)
      var object = encoder.container(keyedBy: CodingKeys.self)
      try object.encode(temperature, forKey: .temperature)
    }
  }

  /// Scores the test set; see the type for the protocol.
  ///
  /// - Throws: `Failure` when a set is missing or has no labels, the widths differ, or train has one class only.
  public static func evaluate(
    _ task: EvaluationTask, options: Options, progress: ProgressHandler
  ) throws(Failure) -> Result {
    try evaluate(task, options: options, threads: MachineCapacity.coreCount)
  }

  package static func evaluate(
    _ given: EvaluationTask, options: Options, threads: Int
  ) throws(Failure) -> Result {
    try located(name) { () throws(Failure) in try options.check() }
    let task = try ClassificationTask(given, for: self)
    let means = ClassMeans(
      values: given.train.values, labels: task.trainLabels, classCount: task.classCount)
    let logits = means.cosines(of: given.measured.values, threads: threads)
      .map { Float(Double($0) / options.temperature) }
    return Result(
      scores: ClassificationScores(
        probabilities: SoftmaxRows.probabilities(logits, classes: task.classCount), task),
      temperature: options.temperature)
  }
}
