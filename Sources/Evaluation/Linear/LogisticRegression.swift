import Platform
import Tensors

/// Multinomial logistic regression: the minimiser of (1/n)·Σ CE + (λ/2)·‖W‖² with free intercepts.
///
/// scikit-learn's `LogisticRegression` has the same solution at λ = 1/(C·n), with two classes at λ = 2/(C·n):
/// it then penalises the difference of both weight vectors. Features are used as given; see `Standardizer`. With a
/// `SigmoidObjective` it is a regression for each class on its own.
public struct LogisticRegression: Sendable {
  /// Number of classes.
  public let classCount: Int
  /// Features a row.
  public let width: Int
  /// W, row-major `[classCount, width]`.
  public let weights: [Double]
  /// One intercept a class.
  public let intercepts: [Double]
  /// The penalty λ.
  public let l2: Double
  /// The objective reached.
  public let objective: Double
  /// L-BFGS steps taken.
  public let iterations: Int
  /// False when the iterations ran out before a tolerance was met.
  public let converged: Bool

  /// Fits by L-BFGS.
  ///
  /// The result does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - values: features, row-major `[labels.count, width]`.
  ///   - labels: class of each row, in `0..<classCount`.
  ///   - start: a solution for the same features to start from, usually of a stronger penalty.
  ///   - maximumIterations: L-BFGS steps at most.
  public static func fit(
    values: [Float], labels: [Int], width: Int, classCount: Int, l2: Double,
    start: LogisticRegression? = nil, maximumIterations: Int = 1000
  ) -> LogisticRegression {
    let objective = SoftmaxObjective(
      values: values, labels: labels, width: width, classCount: classCount, l2: l2)
    var method = LimitedMemoryBFGS()
    method.maximumIterations = maximumIterations
    let bound = CurvatureBound(
      values: values, width: width, classCount: classCount, threads: MachineCapacity.coreCount)
    return fit(objective, bound: bound, start: start, method: method)
  }

  package static func fit(
    _ objective: some LinearObjective, bound: CurvatureBound, start: LogisticRegression?,
    method: LimitedMemoryBFGS
  ) -> LogisticRegression {
    let (width, classCount) = (objective.width, objective.classCount)
    let reference = norm(
      objective.evaluate(at: [Double](repeating: 0, count: objective.parameterCount)).gradient)
    let prior = [Double](repeating: 0, count: classCount * width) + objective.priorIntercepts
    let first = start.map { $0.weights + $0.intercepts } ?? prior
    let outcome = method.minimize(
      from: first, referenceNorm: reference, precondition: bound.inverse(l2: objective.l2)
    ) { objective.evaluate(at: $0) }
    return LogisticRegression(
      classCount: classCount, width: width, weights: Array(outcome.point[..<(classCount * width)]),
      intercepts: Array(outcome.point[(classCount * width)...]), l2: objective.l2, objective: outcome.value,
      iterations: outcome.iterations, converged: outcome.converged)
  }

  /// Unnormalised log-probabilities, row-major `[rows, classCount]`, of features `[rows, width]`.
  public func logits(of values: [Float]) -> [Float] {
    let count = values.count / width
    let weights = weights.map { Float($0) }
    let blocks = rowRanges(count: count, multiple: 256)
    let pieces = parallelMap(count: blocks.count, threads: MachineCapacity.coreCount) { index in
      let rows = blocks[index]
      var piece = [Float](repeating: 0, count: rows.count * classCount)
      matrixProduct(
        rows: rows.count, columns: classCount, inner: width, values, .none, aRowOffset: rows.lowerBound,
        weights,
        .transposed, into: &piece)
      for index in piece.indices { piece[index] += Float(intercepts[index % classCount]) }
      return piece
    }
    return Array(pieces.joined())
  }

  /// The class with the highest logit for each row of `values`; the lowest of equal classes.
  public func predictions(for values: [Float]) -> [Int] {
    let logits = logits(of: values)
    return stride(from: 0, to: logits.count, by: classCount).map { base in
      var best = 0
      for label in 1..<classCount where logits[base + label] > logits[base + best] { best = label }
      return best
    }
  }
}
