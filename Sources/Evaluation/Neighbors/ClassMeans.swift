import Platform
import Tensors

/// The direction of each class: the mean of the unit vectors of its rows, made a unit vector again.
struct ClassMeans: Sendable {
  private let means: [Float]
  private let width: Int
  private let classCount: Int

  /// Takes the means of features, row-major [labels.count, width]; a class without rows has the vector 0.
  init(values: [Float], labels: [Int], classCount: Int) {
    let width = values.count / labels.count
    let unit = unitRows(values, width: width)
    var sums = [Double](repeating: 0, count: classCount * width)
    for (row, label) in labels.enumerated() {
      for column in 0..<width { sums[label * width + column] += Double(unit[row * width + column]) }
    }
    var rows = [Int](repeating: 0, count: classCount)
    for label in labels { rows[label] += 1 }
    means = unitRows(
      sums.indices.map { Float(sums[$0] / Double(max(rows[$0 / width], 1))) }, width: width)
    self.width = width
    self.classCount = classCount
  }

  /// The cosine of the angle to each class, row-major [rows, classCount], of features [rows, width]; 0 for rows of zeros.
  func cosines(of values: [Float], threads: Int) -> [Float] {
    let blocks = rowRanges(count: values.count / width, multiple: 256)
    let pieces = parallelMap(count: blocks.count, threads: threads) { index in
      let rows = blocks[index]
      let unit = unitRows(Array(values[(rows.lowerBound * width)..<(rows.upperBound * width)]), width: width)
      var piece = [Float](repeating: 0, count: rows.count * classCount)
      matrixProduct(
        rows: rows.count, columns: classCount, inner: width, unit, .none, means, .transposed, into: &piece)
      return piece
    }
    return Array(pieces.joined())
  }
}
