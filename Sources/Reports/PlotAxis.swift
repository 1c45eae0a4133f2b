import Foundation

/// The scale of a plot's axis: its range, and marks at round values with their labels.
public struct PlotAxis: Sendable, Equatable {
  /// How values map to distances.
  public enum Scale: Sendable, Equatable {
    /// Equal differences are equal distances.
    case linear
    /// Equal ratios are equal distances; only positive values can be shown.
    case logarithmic
  }

  /// A mark on the axis.
  public struct Tick: Sendable, Equatable {
    /// Where, in data units.
    public var value: Double
    /// What is written beside it.
    public var label: String
  }

  /// How values map to distances.
  public let scale: Scale
  /// The value at the axis' beginning.
  public let lower: Double
  /// The value at the axis' end.
  public let upper: Double
  /// The marks, ascending, all within the range.
  public let ticks: [Tick]

  /// An axis of either scale over `range`; a logarithmic one wants a positive range.
  init(_ scale: Scale, _ range: ClosedRange<Double>) {
    switch scale {
    case .linear: self = .linear(range)
    case .logarithmic: self = .logarithmic(range)
    }
  }

  private init(scale: Scale, lower: Double, upper: Double, ticks: [Tick]) {
    self.scale = scale
    self.lower = lower
    self.upper = upper
    self.ticks = ticks
  }

  /// A linear axis over `range`, widened to whole tick steps if `widened`; `whole` forbids fractional ticks.
  ///
  /// A range without extent is widened around its value.
  public static func linear(
    _ range: ClosedRange<Double>, widened: Bool = true, whole: Bool = false
  ) -> PlotAxis {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    let size = max(lower.magnitude, upper.magnitude)
    if upper - lower <= size * 1e-9 || upper - lower < 1e-100 {
      let half = max(size * 0.1, whole || size < 1e-90 ? 1 : 0)
      (lower, upper) = (lower - half, upper + half)
    }
    let step = RoundStep(nearest: (upper - lower) / 5, whole: whole)
    if widened {
      lower = step.value(at: step.index(of: lower).rounded(.down))
      upper = step.value(at: step.index(of: upper).rounded(.up))
    }
    return PlotAxis(scale: .linear, lower: lower, upper: upper, ticks: step.ticks(from: lower, to: upper))
  }

  /// A logarithmic axis over a positive `range`, with marks at powers of ten, at 1–2–5 steps where those are
  /// few, and at round differences where the range is narrow.
  public static func logarithmic(_ range: ClosedRange<Double>) -> PlotAxis {
    precondition(range.lowerBound > 0, "PlotAxis.logarithmic: \(range.lowerBound); wanted a positive value")
    let ratio = range.upperBound / range.lowerBound
    let padding = ratio < 1 + 1e-9 ? 1.25 : pow(min(ratio, 1e200), 0.04)
    let (lower, upper) = (range.lowerBound / padding, range.upperBound * padding)
    let exponents = Int(log10(lower).rounded(.down))...Int(log10(upper).rounded(.up))
    let decades = exponents.filter { (lower...upper).contains(power(1, $0)) }
    let marks: [Tick]
    if decades.count >= 3 {
      let stride = (decades.count + 6) / 7
      marks = decades.filter { ($0 - decades[0]) % stride == 0 }.map { decadeTick(1, $0) }
    } else {
      let finer = exponents.flatMap { exponent in
        [1, 2, 5].map { decadeTick($0, exponent) }.filter { (lower...upper).contains($0.value) }
      }
      marks =
        finer.count >= 3
        ? finer : RoundStep(nearest: (upper - lower) / 5, whole: false).ticks(from: lower, to: upper)
    }
    return PlotAxis(scale: .logarithmic, lower: lower, upper: upper, ticks: marks)
  }

  /// Where a value lies, 0 at the beginning and 1 at the end; values outside are moved to the nearer end.
  public func fraction(of value: Double) -> Double {
    let share =
      switch scale {
      case .linear: (value - lower) / (upper - lower)
      case .logarithmic: log(max(value, lower) / lower) / log(upper / lower)
      }
    return min(1, max(0, share))
  }

  private static func decadeTick(_ digit: Int, _ exponent: Int) -> Tick {
    let label =
      switch exponent {
      case -3..<0: NumberText.fixed(power(digit, exponent), decimals: -exponent)
      case 0..<4: NumberText.fixed(power(digit, exponent), decimals: 0)
      case 4..<6: "\(NumberText.fixed(power(digit, exponent - 3), decimals: 0))k"
      case 6..<9: "\(NumberText.fixed(power(digit, exponent - 6), decimals: 0))M"
      default: "\(digit)e\(exponent)"
      }
    return Tick(value: power(digit, exponent), label: label)
  }
}

/// `digit · 10^exponent`, correctly rounded within the range of exact powers.
private func power(_ digit: Int, _ exponent: Int) -> Double {
  exponent < 0 ? Double(digit) / pow(10, Double(-exponent)) : Double(digit) * pow(10, Double(exponent))
}

/// A distance between ticks: 1, 2 or 5 times a power of ten.
private struct RoundStep {
  let digit: Int
  let exponent: Int

  /// The smallest round step that is not below `size`.
  init(nearest size: Double, whole: Bool) {
    var exponent = Int(log10(size).rounded(.down))
    let leading = size / power(1, exponent)
    var digit = [1, 2, 5].first { Double($0) >= leading * (1 - 1e-9) } ?? 10
    if digit == 10 { (digit, exponent) = (1, exponent + 1) }
    if whole && exponent < 0 { (digit, exponent) = (1, 0) }
    self.digit = digit
    self.exponent = exponent
  }

  /// How many steps from zero to `value`; within a billionth of a whole number it is that number.
  func index(of value: Double) -> Double {
    let index = value / power(digit, exponent)
    return (index - index.rounded()).magnitude < 1e-9 * max(1, index.magnitude) ? index.rounded() : index
  }

  func value(at index: Double) -> Double {
    exponent < 0
      ? index * Double(digit) / pow(10, Double(-exponent))
      : index * Double(digit) * pow(10, Double(exponent))
  }

  func ticks(from lower: Double, to upper: Double) -> [PlotAxis.Tick] {
    let first = index(of: lower).rounded(.up)
    let last = index(of: upper).rounded(.down)
    guard first <= last else { return [] }
    let size = max(lower.magnitude, upper.magnitude)
    return (0...Int(last - first)).map { offset in
      let value = value(at: first + Double(offset))
      return PlotAxis.Tick(value: value, label: label(value, size: size))
    }
  }

  private func label(_ value: Double, size: Double) -> String {
    if value == 0 { return "0" }
    switch size {
    case ..<0.01, 1e12...:
      let common = Int(log10(size).rounded(.down))
      return
        "\(NumberText.fixed(value / power(1, common), decimals: common - exponent, trimmed: true))e\(common)"
    case 1e9...:
      return "\(NumberText.fixed(value / 1e9, decimals: 9 - exponent, trimmed: true))G"
    case 1e6...:
      return "\(NumberText.fixed(value / 1e6, decimals: 6 - exponent, trimmed: true))M"
    case 1e4...:
      return "\(NumberText.fixed(value / 1e3, decimals: 3 - exponent, trimmed: true))k"
    default:
      return NumberText.fixed(value, decimals: -exponent)
    }
  }
}
