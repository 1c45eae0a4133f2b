import Optimization
import Platform
import Tensors

/// MAE's head for linear probing: batch norm without scale and shift, then a linear classifier, trained by LARS.
///
/// - Batch norm (Ioffe and Szegedy, 2015): x̂ = (x − μ)/√(σ² + 1e-6) with the batch's mean and biased variance while
///   training. The running ones, of the unbiased variance, take a tenth of each batch's; they take their place afterwards.
/// - LARS (You et al., 2017) without weight decay, for W alone: g ← g·0.001·‖W‖/‖g‖, the factor 1 where a norm is 0. For
///   all: μ ← 0.9·μ + g; θ ← θ − lr·μ.
package struct NormalizedHead: Sendable {
  /// What comes behind the batch norm.
  package var head: LinearHead { LinearHead(weights: weights.values, biases: biases.values) }
  /// The running means, `[width]`.
  package private(set) var means: [Double]
  /// The running variances, `[width]`.
  package private(set) var variances: [Double]
  private var weights, biases: MomentumWeights

  /// MAE's, of which vectors take the momentum alone.
  private static let lars: LARS.Options = {
    var options = LARS.Options()
    options.weightDecay = 0
    return options
  }()
  private static let runningShare = 0.1
  private static let epsilon = 1e-6
  private static let blockRows = 256

  /// Starts with running means of 0 and variances of 1.
  package init(_ head: LinearHead) {
    means = [Double](repeating: 0, count: head.width)
    variances = [Double](repeating: 1, count: head.width)
    weights = MomentumWeights(head.weights)
    biases = MomentumWeights(head.biases)
  }

  /// One linear map in place of the running batch norm and the head: W/√(σ² + ε), b − Wᵀμ/√(σ² + ε).
  package var folded: LinearHead {
    let head = head
    let classes = head.classCount
    var result = head
    var biases = head.biases.map { Double($0) }
    for column in 0..<head.width {
      let scale = 1 / (variances[column] + Self.epsilon).squareRoot()
      for index in 0..<classes {
        let weight = Double(head.weights[column * classes + index]) * scale
        result.weights[column * classes + index] = Float(weight)
        biases[index] -= weight * means[column]
      }
    }
    result.biases = biases.map { Float($0) }
    return result
  }

  /// One step on the rows numbered `rows` of `values`, `[labels.count, width]`; returns the mean cross-entropy before it.
  ///
  /// Sums are cut into pieces fixed by the sizes alone, so the step is the same for any number of threads.
  package mutating func step(
    _ rows: [Int32], of values: [Float], labels: [Int], learningRate: Double, threads: Int
  ) -> Double {
    precondition(rows.count > 1, "NormalizedHead: a batch of one row has no variance")
    let head = head
    let pieceCount = min(16, max(2, 64_000_000 / head.weights.count))
    let ranges = rowRanges(count: rows.count, pieces: pieceCount, multiple: Self.blockRows)
    let (mean, variance) = Self.moments(rows, ranges, of: values, width: head.width, threads: threads)
    let shift = mean.map { Float($0) }
    let scale = variance.map { Float(1 / ($0 + Self.epsilon).squareRoot()) }
    let pieces = parallelMap(count: ranges.count, threads: threads) { index in
      Self.piece(rows[ranges[index]], of: values, labels: labels, head, shift: shift, scale: scale)
    }

    let count = Double(rows.count)
    var loss = 0.0
    var weightGradient = [Double](repeating: 0, count: head.weights.count)
    var biasGradient = [Double](repeating: 0, count: head.classCount)
    for piece in pieces {
      loss += piece.loss
      for index in weightGradient.indices { weightGradient[index] += Double(piece.weights[index]) / count }
      for index in biasGradient.indices { biasGradient[index] += piece.biases[index] / count }
    }
    weights.step(weightGradient, learningRate: learningRate, Self.lars)
    biases.step(
      biasGradient, MomentumConstants(learningRate: learningRate, momentum: Self.lars.momentum))
    let unbiased = count / (count - 1)
    for column in means.indices {
      means[column] += Self.runningShare * (mean[column] - means[column])
      variances[column] += Self.runningShare * (variance[column] * unbiased - variances[column])
    }
    return loss / count
  }

  /// Mean and biased variance of every column over `rows`, of sums in Float64.
  private static func moments(
    _ rows: [Int32], _ ranges: [Range<Int>], of values: [Float], width: Int, threads: Int
  ) -> (mean: [Double], variance: [Double]) {
    let zeros = [Double](repeating: 0, count: width)
    let pieces = parallelMap(count: ranges.count, threads: threads) { index in
      var (sums, squares) = (zeros, zeros)
      for row in rows[ranges[index]] {
        let start = Int(row) * width
        for column in 0..<width {
          let value = Double(values[start + column])
          sums[column] += value
          squares[column] += value * value
        }
      }
      return (sums: sums, squares: squares)
    }
    var (mean, variance) = (zeros, zeros)
    let count = Double(rows.count)
    for column in 0..<width {
      mean[column] = pieces.reduce(0) { $0 + $1.sums[column] } / count
      let square = pieces.reduce(0) { $0 + $1.squares[column] } / count
      variance[column] = max(0, square - mean[column] * mean[column])
    }
    return (mean, variance)
  }

  private struct Piece: Sendable {
    var loss = 0.0
    var weights: [Float]
    var biases: [Double]
  }

  /// The loss and its gradient, summed over rows.
  private static func piece(
    _ rows: ArraySlice<Int32>, of values: [Float], labels: [Int], _ head: LinearHead, shift: [Float],
    scale: [Float]
  ) -> Piece {
    let (width, classes) = (head.width, head.classCount)
    var piece = Piece(
      weights: [Float](repeating: 0, count: head.weights.count),
      biases: [Double](repeating: 0, count: classes))
    var batch = [Float](repeating: 0, count: blockRows * width)
    var logits = [Float](repeating: 0, count: blockRows * classes)
    for start in stride(from: rows.startIndex, to: rows.endIndex, by: blockRows) {
      let block = rows[start..<min(start + blockRows, rows.endIndex)]
      for (place, row) in block.enumerated() {
        for column in 0..<width {
          batch[place * width + column] = (values[Int(row) * width + column] - shift[column]) * scale[column]
        }
      }
      matrixProduct(
        rows: block.count, columns: classes, inner: width, batch, .none, head.weights, into: &logits)
      piece.loss += SoftmaxRows.turnIntoResiduals(
        &logits, biases: head.biases, labels: block.map { labels[Int($0)] })
      matrixProduct(
        rows: width, columns: classes, inner: block.count, batch, .transposed, logits, beta: 1,
        into: &piece.weights)
      for index in 0..<block.count * classes { piece.biases[index % classes] += Double(logits[index]) }
    }
    return piece
  }
}
