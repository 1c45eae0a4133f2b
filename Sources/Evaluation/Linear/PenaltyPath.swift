/// How a linear probe chooses λ: from the strongest penalty on, each fit starts where the one before ended, until
/// held-out scores have clearly fallen.
struct PenaltyPath {
  /// One λ that was tried.
  struct Trial {
    let l2: Double
    let score: Double
    let iterations: Int
  }

  /// What held-out rows say of a model.
  struct HeldOut {
    /// What is chosen by.
    let score: Double
    /// What decides between equal scores; where these are equal too, the strongest penalty is taken.
    var tieBreak = 0.0
  }

  /// The λ of the best held-out score so far; the middle one before any is known.
  private(set) var l2: Double
  /// Its model; nil before any is known.
  private(set) var model: LogisticRegression?
  /// What was tried, strongest first.
  private(set) var trials: [Trial] = []
  private let penalties: [Double]

  /// Prepares the path of some penalties, at least one.
  init(_ penalties: [Double]) {
    self.penalties = Set(penalties).sorted(by: >)
    l2 = self.penalties[self.penalties.count / 2]
  }

  /// Whether there is something to choose.
  var isChoice: Bool { penalties.count > 1 }

  /// Fits `objective` at each penalty. `score` is a model's on held-out rows, nil where they have none, which ends the
  /// walk; so does a score below the best by more than `tolerance` of that.
  mutating func walk(
    _ objective: some LinearObjective, bound: CurvatureBound, maximumIterations: Int,
    progress: ProgressHandler, score: (LogisticRegression) -> HeldOut?, tolerance: (_ best: Double) -> Double
  ) {
    var objective = objective
    var method = LimitedMemoryBFGS()
    method.maximumIterations = maximumIterations
    // Held-out scores are known to half a per cent; fits to more digits would choose no better.
    method.gradientTolerance = 1e-4
    method.objectiveTolerance = 1e-5
    var best = HeldOut(score: -1)
    var previous: LogisticRegression?
    for (index, penalty) in penalties.enumerated() {
      progress("trying λ = \(penalty)", 0.6 * Double(index) / Double(penalties.count))
      objective.l2 = penalty
      let fitted = LogisticRegression.fit(objective, bound: bound, start: previous, method: method)
      previous = fitted
      guard let found = score(fitted) else { return }
      trials.append(Trial(l2: penalty, score: found.score, iterations: fitted.iterations))
      if (found.score, found.tieBreak) > (best.score, best.tieBreak) {
        (best, l2, model) = (found, penalty, fitted)
      }
      if found.score < best.score - tolerance(best.score) { return }
    }
  }
}
