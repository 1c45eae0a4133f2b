/// L-BFGS (Liu and Nocedal, 1989) for a smooth function of a Float64 vector.
package struct LimitedMemoryBFGS: Sendable {
  /// Correction pairs kept.
  package var history = 10
  /// Iterations at most.
  package var maximumIterations = 1000
  /// Stops when ‖gradient‖ falls to this share of the reference norm given to `minimize`.
  package var gradientTolerance = 1e-6
  /// Stops when the objective fell by less than this share of itself over the last ten iterations.
  package var objectiveTolerance = 1e-7

  /// Where a minimisation ended.
  package struct Outcome: Sendable {
    /// The point reached.
    package var point: [Double]
    /// The objective there.
    package var value: Double
    /// The gradient's Euclidean norm there.
    package var gradientNorm: Double
    /// Steps taken.
    package var iterations = 0
    /// Times the objective was computed.
    package var evaluations = 1
    /// False when the iterations ran out first.
    package var converged = false
  }

  /// Creates the method with its defaults.
  package init() {}

  private struct Pair {
    let step: [Double]
    let change: [Double]
    let inverseProduct: Double
  }

  /// Minimises `objective` from `start`; `precondition` applies a rough inverse of the Hessian in place.
  ///
  /// A search that finds no better point drops the history once and tries steepest descent; when that fails
  /// too, Float32 products can resolve no further decrease and the point counts as converged.
  package func minimize(
    from start: [Double], referenceNorm: Double, precondition: ((inout [Double]) -> Void)? = nil,
    _ objective: (_ point: [Double]) -> (value: Double, gradient: [Double])
  ) -> Outcome {
    var (value, gradient) = objective(start)
    var outcome = Outcome(point: start, value: value, gradientNorm: norm(gradient))
    var pairs: [Pair] = []
    var values = [value]
    while outcome.iterations < maximumIterations {
      if outcome.gradientNorm <= gradientTolerance * referenceNorm {
        outcome.converged = true
        break
      }
      var direction = descentDirection(gradient, pairs, precondition)
      var slope = dot(direction, gradient)
      if !(slope < 0) {
        pairs = []
        direction = gradient.map { -$0 }
        slope = -outcome.gradientNorm * outcome.gradientNorm
      }
      let search = WolfeSearch(origin: outcome.point, direction: direction, value: value, slope: slope)
      let first = pairs.isEmpty && precondition == nil ? min(1, 1 / outcome.gradientNorm) : 1
      let found = search.run(firstStep: first, objective)
      outcome.evaluations += found.evaluations
      guard let next = found.accepted else {
        if pairs.isEmpty {
          outcome.converged = true
          break
        }
        pairs = []
        continue
      }
      remember(
        &pairs, step: difference(next.point, outcome.point), change: difference(next.gradient, gradient))
      (value, gradient) = (next.value, next.gradient)
      outcome.point = next.point
      outcome.value = value
      outcome.gradientNorm = norm(gradient)
      outcome.iterations += 1
      values.append(value)
      if values.count > 10 {
        let before = values[values.count - 11]
        if before - value <= objectiveTolerance * max(abs(before), abs(value)) {
          outcome.converged = true
          break
        }
      }
    }
    return outcome
  }

  private func remember(_ pairs: inout [Pair], step: [Double], change: [Double]) {
    let product = dot(step, change)
    guard product > 1e-12 * norm(step) * norm(change) else { return }
    pairs.append(Pair(step: step, change: change, inverseProduct: 1 / product))
    if pairs.count > history { pairs.removeFirst() }
  }

  /// −H·gradient by the two-loop recursion.
  private func descentDirection(
    _ gradient: [Double], _ pairs: [Pair], _ precondition: ((inout [Double]) -> Void)?
  ) -> [Double] {
    var direction = gradient.map { -$0 }
    var factors = [Double](repeating: 0, count: pairs.count)
    for (index, pair) in pairs.enumerated().reversed() {
      factors[index] = dot(pair.step, direction) * pair.inverseProduct
      add(-factors[index], pair.change, to: &direction)
    }
    precondition?(&direction)
    if let last = pairs.last {
      var curved = last.change
      precondition?(&curved)
      let scale = 1 / (last.inverseProduct * dot(last.change, curved))
      for index in direction.indices { direction[index] *= scale }
    }
    for (index, pair) in pairs.enumerated() {
      let correction = factors[index] - dot(pair.change, direction) * pair.inverseProduct
      add(correction, pair.step, to: &direction)
    }
    return direction
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in 0..<min(a.count, b.count) { sum += a[index] * b[index] }
  return sum
}

func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

func difference(_ a: [Double], _ b: [Double]) -> [Double] {
  var result = a
  add(-1, b, to: &result)
  return result
}

func add(_ factor: Double, _ a: [Double], to b: inout [Double]) {
  for index in 0..<min(a.count, b.count) { b[index] += factor * a[index] }
}
