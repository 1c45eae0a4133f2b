import Imaging
import Tensors

/// Raw pixels as features: means over squares, so that large images give at most 32×32 values a channel.
struct PixelReduction {
  /// No side has more values than this.
  static let largestSide = 32

  private let preprocessing: Preprocessing

  init(_ preprocessing: Preprocessing) { self.preprocessing = preprocessing }

  /// [B, height·width·channels] → the means, row-major [B, …].
  func reduced(_ raw: Tensor) -> [Float] {
    let (height, width, channels) = (preprocessing.height, preprocessing.width, preprocessing.channels)
    let side = (max(height, width) + Self.largestSide - 1) / Self.largestSide
    guard side > 1 else { return raw.values.map { Float($0) } }
    let (rows, columns) = (max(1, height / side), max(1, width / side))
    var output = [Float](repeating: 0, count: raw.shape[0] * rows * columns * channels)
    let share = 1 / Float(side * side)
    raw.withSpan { values in
      for image in 0..<raw.shape[0] {
        for y in 0..<min(rows * side, height) {
          for x in 0..<min(columns * side, width) {
            let target = ((image * rows + y / side) * columns + x / side) * channels
            let from = ((image * height + y) * width + x) * channels
            for channel in 0..<channels { output[target + channel] += share * Float(values[from + channel]) }
          }
        }
      }
    }
    return output
  }
}
