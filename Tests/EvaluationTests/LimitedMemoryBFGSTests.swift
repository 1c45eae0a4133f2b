import Evaluation
import Foundation
import Testing

@Suite struct LimitedMemoryBFGSTests {
  @Test func findsTheMinimumOfRosenbrocksValley() {
    var method = LimitedMemoryBFGS()
    method.gradientTolerance = 1e-10
    method.objectiveTolerance = 0
    let outcome = method.minimize(from: [-1.2, 1, -1.2, 1], referenceNorm: 1) { x in
      var value = 0.0
      var gradient = [0.0, 0, 0, 0]
      for i in [0, 2] {
        let (a, b) = (1 - x[i], x[i + 1] - x[i] * x[i])
        value += a * a + 100 * b * b
        gradient[i] = -2 * a - 400 * x[i] * b
        gradient[i + 1] = 200 * b
      }
      return (value, gradient)
    }
    #expect(outcome.converged)
    #expect(largestDifference(outcome.point, [1, 1, 1, 1]) <= 1e-9)
    #expect(outcome.iterations < 60)
  }

  @Test func solvesAnIllConditionedQuadratic() {
    var method = LimitedMemoryBFGS()
    method.objectiveTolerance = 0
    method.gradientTolerance = 1e-12
    let scales = (0..<20).map { pow(1.5, Double($0)) }
    let outcome = method.minimize(from: [Double](repeating: 0, count: 20), referenceNorm: 1) { x in
      let errors = x.map { $0 - 1 }
      return (
        zip(errors, scales).reduce(0) { $0 + 0.5 * $1.1 * $1.0 * $1.0 }, zip(errors, scales).map { $0 * $1 }
      )
    }
    #expect(outcome.converged)
    #expect(largestDifference(outcome.point, [Double](repeating: 1, count: 20)) <= 1e-9)
    // SciPy's L-BFGS-B takes 499 steps.
    #expect(outcome.iterations < 800)
  }

  @Test func aMinimumIsRecognisedAtOnce() {
    let outcome = LimitedMemoryBFGS().minimize(from: [0, 0], referenceNorm: 1) { x in
      (x[0] * x[0] + x[1] * x[1], [2 * x[0], 2 * x[1]])
    }
    #expect(outcome.converged)
    #expect(outcome.iterations == 0)
  }

  @Test func runningOutOfStepsIsReported() {
    var method = LimitedMemoryBFGS()
    method.maximumIterations = 3
    let outcome = method.minimize(from: [-1.2, 1], referenceNorm: 1) { x in
      let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
      return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b])
    }
    #expect(!outcome.converged)
    #expect(outcome.iterations == 3)
  }

  @Test func aWrongGradientEndsTheSearch() {
    let outcome = LimitedMemoryBFGS().minimize(from: [1], referenceNorm: 1) { x in (x[0] * x[0], [-1]) }
    #expect(outcome.iterations == 0)
    #expect(outcome.point == [1])
  }
}
