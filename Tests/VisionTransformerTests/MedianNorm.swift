import Platform
import Tensors
import VisionTransformer

/// A norm that is no part of the package: x less the median of its channels, which is held for a constant.
struct MedianNorm: Norm {
  static let name = "medianNorm"
  static let summary = "subtract the median of each token"
  static let source = "a test, 2026"

  struct Options: DefaultedOptions {
    var factor = 1.0
    init() {}
  }

  private let gain: Parameter
  private let factor: Scalar

  init(_ site: NormSite, options: Options, scope: ParameterScope) {
    gain = scope.parameter("gain", shape: [site.width], role: .gain, initial: .ones)
    factor = Scalar(options.factor)
  }

  func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    let medians = stride(from: 0, to: x.count, by: x.width).flatMap { start -> [Scalar] in
      let row = x.values[start..<start + x.width].sorted()
      return Array(repeating: -row[x.width / 2], count: x.width)
    }
    let shifted = tape.scaledResidual(x, Tensor(shape: x.shape, values: medians), layerScale: nil)
    return tape.scaled(tape.scaledChannels(shifted, by: tape(gain)), by: factor)
  }
}
