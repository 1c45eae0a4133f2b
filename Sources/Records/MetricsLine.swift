/// One line of `metrics.jsonl`: a logged step and its numbers.
public struct MetricsLine: Sendable, Equatable, Encodable {
  /// The optimiser step, from 1.
  public var step: Int
  /// By the raw values of their metrics.
  private var values = [Double?](repeating: nil, count: Metric.allCases.count)

  private enum Key: String, CodingKey { case step }

  /// A line without numbers.
  public init(step: Int) { self.step = step }

  /// A number of the line; nil where it has none.
  public subscript(metric: Metric) -> Double? {
    get { values[metric.rawValue] }
    set { values[metric.rawValue] = newValue }
  }

  /// A number of the line; nil where it has none, or one that is not finite.
  public func finite(_ metric: Metric) -> Double? { self[metric].flatMap { $0.isFinite ? $0 : nil } }

  /// Whether the line has what a measurement of the features found.
  public var hasFeatures: Bool { Metric.ofFeatures.contains { self[$0] != nil } }

  /// Encodes an object of `step` and the numbers that the line has.
  public func encode(to encoder: any Encoder) throws {
    var head = encoder.container(keyedBy: Key.self)
    try head.encode(step, forKey: .step)
    var numbers = encoder.container(keyedBy: Metric.self)
    for metric in Metric.allCases { try numbers.encodeIfPresent(self[metric], forKey: metric) }
  }

  /// Reads a line; nil unless it is one whole JSON object with a `step`. Other keys are passed over, and
  /// values that are no numbers (`null`, `"NaN"`) count as absent.
  public init?(json line: ArraySlice<UInt8>) {
    self.init(step: 0)
    var scanner = ObjectScanner(line)
    var step: Double?
    guard scanner.skip("{") else { return nil }
    if !scanner.skip("}") {
      repeat {
        guard let key = scanner.string(), scanner.skip(":"), let value = scanner.value() else { return nil }
        if key == Key.step.rawValue {
          step = value
        } else if let metric = Metric(stringValue: key), !value.isNaN {
          // What is not finite is news of a step, and nothing that was measured of the features.
          if value.isFinite || !metric.field.isOfFeatures { self[metric] = value }
        }
      } while scanner.skip(",")
      guard scanner.skip("}") else { return nil }
    }
    guard scanner.isAtEnd, let step, step >= 0, step < 1e15, step == step.rounded() else { return nil }
    self.step = Int(step)
  }
}
