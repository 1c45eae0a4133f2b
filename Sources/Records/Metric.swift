/// A number of a line of `metrics.jsonl`. The name of a case is its key there, its tag in TensorBoard and its column in
/// the tables of studies; `field` says all else of it.
public enum Metric: Int, CaseIterable, Sendable, CodingKey {
  /// Mean loss of the steps since the last line.
  case loss
  /// The rate of this step.
  case learningRate
  /// Norm of this step's gradient before clipping.
  case gradNorm
  /// Since the last line.
  case imagesPerSecond
  /// Share of the time since the last line spent waiting for data.
  case dataWait
  /// The fractional epoch at the end of the step.
  case epoch
  /// Training seconds since the run began, over all its sessions.
  case seconds
  /// The spread of the features' directions before this step. This and those below are there where a measurement of the features
  /// was due (`train.featureSteps`), and known.
  case featureStd
  /// The effective rank of the features.
  case rankMe
  /// The mean squared distance of positive pairs.
  case alignment
  /// The uniformity of the features.
  case uniformity
  /// The entropy of the teacher in nats.
  case teacherEntropy
  /// The loss without a look at the images.
  case baselineLoss
  /// The distance from a frozen teacher that is added to the loss, before it is weighted.
  case distillation
  /// The highest that the effective rank could be: the smaller of samples and width.
  case directions

  /// What readers and writers ask about a number.
  public var field: MetricField {
    switch self {
    case .loss: .ofSteps("Loss", unit: "loss", .decades)
    case .learningRate: .ofSteps("Learning rate", unit: "learning rate", .fromZero, isNoisy: false)
    case .gradNorm: .ofSteps("Gradient norm", unit: "Euclidean norm", .decades)
    case .imagesPerSecond: .ofSteps("Speed", unit: "images/s", .fromZero)
    case .dataWait: .undrawn
    case .epoch, .seconds, .directions: .bookkeeping
    case .featureStd:
      .ofFeatures("Spread of the features", column: "spread", unit: "1: isotropic, 0: collapsed")
    case .rankMe: .ofFeatures("Effective rank (RankMe)", column: "RankMe", unit: "directions")
    case .alignment: .ofFeatures("Alignment of positive pairs", unit: "mean ‖x − x⁺‖²")
    case .uniformity: .ofFeatures("Uniformity of the features", unit: "log mean exp(−2‖x − y‖²)", .free)
    case .teacherEntropy: .ofFeatures("Teacher entropy", unit: "nats")
    case .baselineLoss: .ofFeatures("Loss without a look at the images", unit: "loss")
    case .distillation: .ofFeatures("Distance from the frozen teacher", unit: "distance")
    }
  }

  /// Those with a plot, as reports show them: these first, others in their order.
  public static let drawn: [Metric] = {
    let first: [Metric] = [.loss, .learningRate, .imagesPerSecond, .gradNorm, .rankMe, .featureStd]
    return first + allCases.filter { $0.field.plot != nil && !first.contains($0) }
  }()
  /// What TensorBoard is told.
  public static let events = allCases.filter(\.field.isEvent)
  /// What a measurement of the features finds, as reports show it.
  public static let ofFeatures = drawn.filter(\.field.isOfFeatures)

  /// Its key.
  public var key: String { stringValue }
  /// The heading of its column in tables.
  public var columnTitle: String { field.column ?? key }
}

/// What readers and writers of `metrics.jsonl` ask about a number.
public struct MetricField: Sendable {
  /// A plot over the steps.
  public struct Plot: Sendable {
    /// Its heading.
    public let title: String
    /// Its vertical axis.
    public let unit: String
    /// Where its axis begins.
    public let axis: Axis
    /// Whether a trend says more than the values.
    public let isNoisy: Bool
  }

  /// How a vertical axis fits the values.
  public enum Axis: Sendable {
    /// From zero on.
    case fromZero
    /// Around the values.
    case free
    /// Around the values, logarithmic where they span more than one power of ten.
    case decades
  }

  /// Its plot; nil where it has none.
  public let plot: Plot?
  /// Whether it is there only where the features were measured.
  public let isOfFeatures: Bool
  /// Whether TensorBoard is told.
  public let isEvent: Bool
  let column: String?

  static func ofSteps(_ title: String, unit: String, _ axis: Axis, isNoisy: Bool = true) -> Self {
    .init(
      plot: Plot(title: title, unit: unit, axis: axis, isNoisy: isNoisy), isOfFeatures: false, isEvent: true,
      column: nil)
  }

  static func ofFeatures(
    _ title: String, column: String? = nil, unit: String, _ axis: Axis = .fromZero
  ) -> Self {
    .init(
      plot: Plot(title: title, unit: unit, axis: axis, isNoisy: false), isOfFeatures: true, isEvent: true,
      column: column)
  }

  static let undrawn = MetricField(plot: nil, isOfFeatures: false, isEvent: true, column: nil)
  static let bookkeeping = MetricField(plot: nil, isOfFeatures: false, isEvent: false, column: nil)
}
