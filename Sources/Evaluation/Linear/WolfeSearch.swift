/// A line search for the strong Wolfe conditions (Nocedal and Wright, 2006, algorithms 3.5 and 3.6), with
/// cubic interpolation.
///
/// Near the minimum the objective's rounding hides the decrease; there a step also counts when the value
/// rose by no more than `noise` of itself and the slopes say it is good (Hager and Zhang, 2005).
struct WolfeSearch {
  /// Start of the line.
  let origin: [Double]
  /// Its direction.
  let direction: [Double]
  /// Objective at the start.
  let value: Double
  /// Directional derivative at the start; negative.
  let slope: Double

  private static let sufficientDecrease = 1e-4
  private static let curvature = 0.9
  private static let noise = 1e-7
  private static let maximumEvaluations = 25

  /// A point on the line.
  struct Point {
    let step: Double
    let point: [Double]
    let value: Double
    let gradient: [Double]
    let slope: Double
  }

  /// Finds a step; `accepted` is nil when no point is better than the start.
  func run(
    firstStep: Double, _ objective: (_ point: [Double]) -> (value: Double, gradient: [Double])
  ) -> (accepted: Point?, evaluations: Int) {
    var evaluations = 0
    var low = Point(step: 0, point: origin, value: value, gradient: [], slope: slope)
    var high: Point?
    var step = firstStep
    while evaluations < Self.maximumEvaluations {
      let trial = probe(step, objective)
      evaluations += 1
      if isAcceptable(trial) { return (trial, evaluations) }
      if !decreasesEnough(trial) || trial.value >= low.value {
        high = trial
      } else {
        if trial.slope * ((high?.step ?? .infinity) - low.step) >= 0 { high = low }
        low = trial
      }
      guard let high else {
        step = min(extrapolated(low), 10 * step)
        continue
      }
      guard abs(high.step - low.step) > 1e-12 * max(high.step, low.step) else { break }
      step = interpolated(low, high)
    }
    return (low.step > 0 ? low : nil, evaluations)
  }

  private func probe(
    _ step: Double, _ objective: (_ point: [Double]) -> (value: Double, gradient: [Double])
  ) -> Point {
    var point = origin
    add(step, direction, to: &point)
    let (value, gradient) = objective(point)
    return Point(
      step: step, point: point, value: value, gradient: gradient, slope: dot(gradient, direction))
  }

  private func decreasesEnough(_ trial: Point) -> Bool {
    trial.value <= value + Self.sufficientDecrease * trial.step * slope
  }

  private func isAcceptable(_ trial: Point) -> Bool {
    if decreasesEnough(trial) && abs(trial.slope) <= -Self.curvature * slope { return true }
    return trial.value <= value + Self.noise * abs(value)
      && trial.slope >= Self.curvature * slope && trial.slope <= (2 * Self.sufficientDecrease - 1) * slope
  }

  /// A larger step: where the slope, taken as linear, vanishes, but at least twice as far.
  private func extrapolated(_ low: Point) -> Double {
    let bend = (low.slope - slope) / low.step
    return max(2 * low.step, bend > 0 ? -slope / bend : 0)
  }

  /// The minimiser of the cubic through both ends, kept a tenth of the interval away from them.
  private func interpolated(_ low: Point, _ high: Point) -> Double {
    let width = high.step - low.step
    let middle = low.step + 0.5 * width
    let theta = 3 * (low.value - high.value) / width + low.slope + high.slope
    let radicand = theta * theta - low.slope * high.slope
    guard radicand >= 0, radicand.isFinite else { return middle }
    let root = width > 0 ? radicand.squareRoot() : -radicand.squareRoot()
    let step = high.step - width * (high.slope + root - theta) / (high.slope - low.slope + 2 * root)
    let margin = 0.1 * abs(width)
    let (first, last) = (min(low.step, high.step) + margin, max(low.step, high.step) - margin)
    return step.isFinite ? min(max(step, first), last) : middle
  }
}
