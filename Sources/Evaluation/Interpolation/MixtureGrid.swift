import Platform

/// The mixtures of vote and linear probe to choose from, each list ascending.
struct MixtureGrid: Sendable {
  private let lambdas: [Double]
  private let ks: [Int]
  private let temperatures: [Double]

  /// A k above the number of train rows is that number.
  init(_ options: InterpolatedProbeOptions, rows: Int) {
    lambdas = Set(options.lambda).sorted()
    ks = Set(options.k.map { min($0, rows) }).sorted()
    temperatures = Set(options.temperature).sorted()
  }

  var count: Int { lambdas.count * ks.count * temperatures.count }
  var largestK: Int { ks[ks.count - 1] }

  /// The middle of each list, for want of rows to choose by.
  var middle: InterpolatedProbeResult.Mixture {
    .init(
      lambda: lambdas[lambdas.count / 2], k: ks[ks.count / 2],
      temperature: temperatures[temperatures.count / 2],
      heldOutAccuracy: nil)
  }

  /// The mixture with most right answers; of equals the smallest λ, then k, then T.
  ///
  /// - Parameters:
  ///   - neighbors: the neighbours of held-out rows, `largestK` or all.
  ///   - labels: the classes of the rows that they are among.
  ///   - linear: the linear probe's probabilities, row-major [held-out rows, classCount].
  ///   - classes: the classes of the held-out rows.
  func best(
    _ neighbors: NearestNeighbors.Result, labels: [Int], classCount: Int, linear: [Float], classes: [Int],
    threads: Int
  ) -> InterpolatedProbeResult.Mixture {
    // Few rows at once, since the votes of every k are held for them.
    let blocks = rowRanges(count: classes.count, multiple: 512)
    let parts = parallelMap(count: blocks.count, threads: threads) { index in
      let rows = blocks[index]
      return right(
        neighbors[rows], labels: labels, classCount: classCount,
        linear: linear[(rows.lowerBound * classCount)..<(rows.upperBound * classCount)],
        classes: classes[rows])
    }
    var totals = [Int](repeating: 0, count: count)
    for part in parts {
      for index in totals.indices { totals[index] += part[index] }
    }
    var best = 0
    for index in totals.indices where totals[index] > totals[best] { best = index }
    let (place, temperature) = best.quotientAndRemainder(dividingBy: temperatures.count)
    let (lambda, k) = place.quotientAndRemainder(dividingBy: ks.count)
    return .init(
      lambda: lambdas[lambda], k: ks[k], temperature: temperatures[temperature],
      heldOutAccuracy: Double(totals[best]) / Double(classes.count))
  }

  /// How many rows each mixture has right, by λ, then k, then T.
  private func right(
    _ neighbors: NearestNeighbors.Result, labels: [Int], classCount: Int, linear: ArraySlice<Float>,
    classes: ArraySlice<Int>
  ) -> [Int] {
    var counts = [Int](repeating: 0, count: count)
    let linear = Array(linear)
    for (t, temperature) in temperatures.enumerated() {
      let votes = NearestNeighborVote.vote(
        neighbors, labels: labels, classCount: classCount, ks: ks, temperature: temperature)
      for (l, lambda) in lambdas.enumerated() {
        for (k, votes) in votes.enumerated() {
          for (row, label) in classes.enumerated() {
            let base = row * classCount
            var (best, highest) = (0, -Float.infinity)
            for candidate in 0..<classCount {
              let share = InterpolatedProbe.mixed(votes[base + candidate], linear[base + candidate], lambda)
              if share > highest { (best, highest) = (candidate, share) }
            }
            if best == label { counts[(l * ks.count + k) * temperatures.count + t] += 1 }
          }
        }
      }
    }
    return counts
  }
}

extension NearestNeighbors.Result {
  /// The neighbours of some queries.
  fileprivate subscript(queries: Range<Int>) -> NearestNeighbors.Result {
    let places = (queries.lowerBound * neighborCount)..<(queries.upperBound * neighborCount)
    return NearestNeighbors.Result(
      neighborCount: neighborCount, similarities: Array(similarities[places]), indices: Array(indices[places])
    )
  }
}
