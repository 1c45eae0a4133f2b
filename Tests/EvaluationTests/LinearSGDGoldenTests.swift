import Evaluation
import Foundation
import Testing

/// Heads against PyTorch in double precision; see `Scripts/golden/linear_sgd.py`.
@Suite struct LinearSGDGoldenTests {
  private struct Values: Decodable {
    struct Head: Decodable {
      let learningRate: Double
      let losses: [Double]
      let weights: [Double]
      let biases: [Double]
    }
    struct Grid: Decodable {
      let batchSize: Int
      let iterations: Int
      let order: [Int32]
      let features: [Float]
      let initial: [Float]
      let heads: [Head]
    }
    struct Normalized: Decodable {
      let order: [[Int32]]
      let rates: [Double]
      let epochs: Int
      let passes: [[Float]]
      let initial: [Float]
      let losses: [Double]
      let weights: [Double]
      let biases: [Double]
      let means: [Double]
      let variances: [Double]
      let test: [Float]
      let logits: [Double]
    }
    let widths: [Int]
    let classCount: Int
    let labels: [Int]
    let grid: Grid
    let normalized: Normalized
  }

  private let golden: Values
  private var zeros: [Float] { [Float](repeating: 0, count: golden.classCount) }

  init() throws {
    let url = try #require(
      Bundle.module.url(forResource: "linear-sgd", withExtension: "json", subdirectory: "Golden"))
    golden = try JSONDecoder().decode(Values.self, from: Data(contentsOf: url))
  }

  /// max |a − b| / max |b|.
  private func error(_ a: [Double], _ b: [Double]) -> Double {
    largestDifference(a, b) / (b.map { abs($0) }.max() ?? 0)
  }

  private func error(_ a: [Float], _ b: [Double]) -> Double { error(a.map { Double($0) }, b) }

  @Test func headsOfTheGridAgreeWithPyTorch() throws {
    let (grid, width) = (golden.grid, golden.widths.reduce(0, +))
    var start = 0
    let parts = try golden.widths.map { part in
      defer { start += part }
      return try Features(
        count: golden.labels.count, width: part,
        values: golden.labels.indices.flatMap { row in
          grid.features[(row * width + start)..<(row * width + start + part)]
        }, origin: "golden")
    }
    var training = HeadTraining(
      features: JoinedFeatures(parts), labels: golden.labels,
      heads: grid.heads.map {
        MomentumHead(LinearHead(weights: grid.initial, biases: zeros), learningRate: $0.learningRate)
      }, iterations: grid.iterations)
    var losses = grid.heads.map { _ in [Double]() }
    // In parts of 5 and 19 steps, as progress wants it.
    for rows in [grid.order[..<(5 * grid.batchSize)], grid.order[(5 * grid.batchSize)...]] {
      training.advance(Array(rows), batchSize: grid.batchSize)
      for index in losses.indices { losses[index] += training.losses[index] }
    }
    #expect(training.step == grid.iterations)
    for (index, expected) in grid.heads.enumerated() {
      // 24 steps in single precision, rounding 6e-8 each; steps at a rate of 0.3 carry errors on.
      #expect(error(losses[index], expected.losses) <= 2e-6)
      #expect(error(training.heads[index].head.weights, expected.weights) <= 1e-5)
      #expect(error(training.heads[index].head.biases, expected.biases) <= 1e-5)
    }
  }

  @Test(arguments: [1, 3]) func theNormalizedHeadAgreesWithPyTorch(threads: Int) throws {
    let expected = golden.normalized
    let width = golden.widths.reduce(0, +)
    var model = NormalizedHead(LinearHead(weights: expected.initial, biases: zeros))
    let steps = expected.order.count / expected.epochs
    var losses: [Double] = []
    for (step, rows) in expected.order.enumerated() {
      losses.append(
        model.step(
          rows, of: expected.passes[step / steps % 2], labels: golden.labels,
          learningRate: expected.rates[step], threads: threads))
    }
    // 24 steps in single precision, rounding 6e-8 each; moments are sums in double precision of the same floats.
    #expect(error(losses, expected.losses) <= 1e-6)
    #expect(error(model.head.weights, expected.weights) <= 1e-5)
    #expect(error(model.head.biases, expected.biases) <= 1e-5)
    #expect(error(model.means, expected.means) <= 1e-7)
    #expect(error(model.variances, expected.variances) <= 1e-7)

    // Folding itself, from the same weights: the batch norm and the head one after the other, in double precision.
    let head = model.head
    let unfolded = stride(from: 0, to: expected.test.count, by: width).flatMap { base in
      (0..<golden.classCount).map { label in
        (0..<width).reduce(Double(head.biases[label])) { sum, column in
          let x =
            (Double(expected.test[base + column]) - model.means[column])
            / (model.variances[column] + 1e-6).squareRoot()
          return sum + x * Double(head.weights[column * golden.classCount + label])
        }
      }
    }
    let logits = model.folded.logits(of: expected.test)
    #expect(error(logits, unfolded) <= 1e-6)
    #expect(error(logits, expected.logits) <= 1e-5)
  }
}
