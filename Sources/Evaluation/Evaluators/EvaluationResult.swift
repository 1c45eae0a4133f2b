import Platform
import Records

/// What an evaluator measured; its encoding is an entry of the JSON that `vitrail evaluate` writes.
public protocol EvaluationResult: Encodable, Sendable {
  /// The part shown when this result is a baseline beside another one.
  associatedtype Baseline: Encodable & Sendable

  /// The part shown when this result is a baseline beside another one.
  var baseline: Baseline { get }
  /// The numbers for tables, the most telling first; at least one.
  var measures: [Measure] { get }
  /// What was chosen by looking at train rows alone, by the names of the options; none by default.
  var choices: [String: JSONValue] { get }
  /// Which test rows are right, for paired tests; nil, the default, where rows are not right or wrong.
  var isRight: [Bool]? { get }
  /// The one number for plots and comparisons: the first measure unless another is more usual.
  var score: Double { get }
  /// What is written beside the scores; nothing by default.
  var attachments: [EvaluationAttachment] { get }
}

extension EvaluationResult {
  /// Nothing was chosen.
  public var choices: [String: JSONValue] { [:] }
  /// Nothing.
  public var attachments: [EvaluationAttachment] { [] }
  /// Not known.
  public var isRight: [Bool]? { nil }
  /// The first measure.
  public var score: Double { measures[0].value }
}

/// A number that an evaluator measured.
public struct Measure: Codable, Sendable, Equatable {
  /// How a number is read.
  public typealias Kind = MeasureKind
  /// Which of two values is the better one.
  public typealias Direction = MeasureDirection

  /// What was measured: `top-1`, `k = 20`.
  public let name: String
  /// The number.
  public let value: Double
  /// How it is read.
  public let kind: Kind
  /// Which of two values is the better one.
  public let direction: Direction

  /// Creates a measure.
  public init(
    _ name: String, _ value: Double, _ kind: Kind = .accuracy, _ direction: Direction = .higherIsBetter
  ) {
    self.name = name
    self.value = value
    self.kind = kind
    self.direction = direction
  }
}

/// A table or a picture that belongs to a result.
public enum EvaluationAttachment: Sendable {
  /// A table, written as CSV.
  case table(name: String, header: [String], rows: [[String]])
  /// Who is taken for whom, written as CSV and as a picture.
  case confusion(ConfusionMatrix)
  /// Lines over a common axis, drawn.
  case curves(
    name: String, horizontal: String, vertical: String, [(name: String, points: [(Double, Double)])])
  /// Test rows, each with the train rows found for it, drawn as a sheet of images; with one set, rows of that.
  case neighbors(name: String, queries: [Int], found: [[Int]])
}
