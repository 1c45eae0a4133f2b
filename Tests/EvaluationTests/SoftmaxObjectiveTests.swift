import Evaluation
import Foundation
import Testing

@Suite struct SoftmaxObjectiveTests {
  private func objective(count: Int, width: Int, classes: Int, threads: Int = 2) throws -> SoftmaxObjective {
    let features = try clusters(count: count, width: width, classes: min(classes, count), seed: 3)
    return SoftmaxObjective(
      values: features.values, labels: features.labels, width: width, classCount: classes, l2: 0.05,
      threads: threads)
  }

  private func parameters(_ objective: SoftmaxObjective) -> [Double] {
    var noise = Noise(seed: 8)
    return (0..<objective.parameterCount).map { _ in 2 * Double(noise.next()) - 1 }
  }

  /// The definition, row by row in Float64.
  private func naive(_ o: SoftmaxObjective, _ p: [Double]) -> (value: Double, gradient: [Double]) {
    let weightCount = o.classCount * o.width
    var value = 0.0
    var gradient = [Double](repeating: 0, count: p.count)
    for (row, label) in o.labels.enumerated() {
      let x = (0..<o.width).map { Double(o.values[row * o.width + $0]) }
      let z = (0..<o.classCount).map { c in
        p[weightCount + c] + (0..<o.width).reduce(0) { $0 + p[c * o.width + $1] * x[$1] }
      }
      let total = z.reduce(0) { $0 + exp($1) }
      value -= log(exp(z[label]) / total)
      for c in 0..<o.classCount {
        let residual = exp(z[c]) / total - (c == label ? 1 : 0)
        gradient[weightCount + c] += residual
        for j in 0..<o.width { gradient[c * o.width + j] += residual * x[j] }
      }
    }
    let n = Double(o.labels.count)
    for i in p.indices { gradient[i] = gradient[i] / n + (i < weightCount ? o.l2 * p[i] : 0) }
    return (value / n + o.l2 / 2 * p[..<weightCount].reduce(0) { $0 + $1 * $1 }, gradient)
  }

  @Test(arguments: [(1, 1, 2), (3, 1, 3), (255, 5, 2), (257, 9, 4), (1300, 33, 17)])
  func agreesWithTheDefinition(_ count: Int, _ width: Int, _ classes: Int) throws {
    let objective = try objective(count: count, width: width, classes: classes)
    let point = parameters(objective)
    let (value, gradient) = objective.evaluate(at: point)
    let exact = naive(objective, point)
    // Float32 logits of size about 5: 3e-7 each, less in the mean.
    #expect(abs(value - exact.value) <= 1e-6 * max(1, exact.value))
    #expect(largestDifference(gradient, exact.gradient) <= 1e-6)
  }

  @Test func gradientAgreesWithFiniteDifferences() throws {
    let objective = try objective(count: 300, width: 4, classes: 3)
    let point = parameters(objective)
    let gradient = objective.evaluate(at: point).gradient
    let step = 0.02
    let differences = point.indices.map { index in
      let value = { (steps: Double) in
        var moved = point
        moved[index] += steps * step
        return objective.evaluate(at: moved).value
      }
      return (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * step)
    }
    // Fourth order: 0.02⁴ of truncation and 1e-7/0.02 of Float32 noise.
    #expect(largestDifference(gradient, differences) <= 5e-6)
  }

  @Test func threadsDoNotMatter() throws {
    let one = try objective(count: 4000, width: 21, classes: 5, threads: 1)
    let point = parameters(one)
    let expected = one.evaluate(at: point)
    for threads in [2, 3, 16] {
      let found = try objective(count: 4000, width: 21, classes: 5, threads: threads).evaluate(at: point)
      #expect(found.value == expected.value)
      #expect(found.gradient == expected.gradient)
    }
  }
}
