extension Tensor {
  /// Of vectors [..., width]: the mean of all squares, and the mean over the vectors of the variance within each.
  package var vectorMoments: (meanSquare: Double, variance: Double) {
    var (squares, variances) = (0.0, 0.0)
    for row in 0..<rows {
      let vector = pointer + row * width
      var sum = 0.0
      for index in 0..<width {
        sum += Double(vector[index])
        squares += Double(vector[index]) * Double(vector[index])
      }
      let mean = sum / Double(width)
      var deviations = 0.0
      for index in 0..<width {
        let deviation = Double(vector[index]) - mean
        deviations += deviation * deviation
      }
      variances += deviations / Double(width)
    }
    return (squares / Double(count), variances / Double(rows))
  }

  /// What two tensors of one shape have in common; sums in double precision.
  package func compared(to other: Tensor) -> TensorComparison {
    precondition(shape == other.shape, "compared: \(shape) and \(other.shape)")
    var result = TensorComparison()
    for index in 0..<count {
      let (a, b) = (Double(pointer[index]), Double(other.pointer[index]))
      result.product += a * b
      result.square += a * a
      result.otherSquare += b * b
      result.squaredDistance += (a - b) * (a - b)
    }
    return result
  }

  /// Takes over the elements of a tensor of the same shape.
  package func copy(_ other: Tensor) {
    precondition(shape == other.shape, "copy: \(shape) and \(other.shape)")
    pointer.update(from: other.pointer, count: count)
  }
}

/// Sums over the elements of two tensors; those of several pairs add up to the sums of their concatenations.
package struct TensorComparison: Sendable {
  /// Σ ab.
  package var product = 0.0
  /// Σ a².
  package var square = 0.0
  /// Σ b².
  package var otherSquare = 0.0
  /// Σ (a − b)².
  package var squaredDistance = 0.0

  /// Nothing yet.
  package init() {}

  /// ‖a − b‖ / ‖b‖.
  package var relativeDistance: Double { (squaredDistance / otherSquare).squareRoot() }
  /// 1 − cos of the angle between both, 0…2.
  package var rotation: Double { 1 - product / (square * otherSquare).squareRoot() }

  package static func + (left: TensorComparison, right: TensorComparison) -> TensorComparison {
    var sum = left
    sum.product += right.product
    sum.square += right.square
    sum.otherSquare += right.otherSquare
    sum.squaredDistance += right.squaredDistance
    return sum
  }
}
