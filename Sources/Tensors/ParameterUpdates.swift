import Foundation

#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

/// A range of one parameter's scalars: the unit in which optimiser work is split over lanes.
public struct ParameterSlice: Sendable {
  /// Which parameter, by its place in the optimiser's list.
  public let index: Int
  /// Which of its scalars.
  public let range: Range<Int>

  /// Scalars of a slice, but for a parameter's last: what lanes share out among them.
  public static let standardSize = 1 << 16

  /// Cuts parameters into slices of at most `size` scalars, in order.
  public static func slices(of parameters: [Parameter], size: Int = standardSize) -> [ParameterSlice] {
    parameters.enumerated().flatMap { index, parameter in
      stride(from: 0, to: parameter.value.count, by: size).map { start in
        ParameterSlice(index: index, range: start..<min(start + size, parameter.value.count))
      }
    }
  }
}

/// Constants of one AdamW step (Kingma & Ba, 2014; Loshchilov & Hutter, 2017).
public struct AdamWConstants: Sendable {
  let values: vk_adamw_constants

  /// `step` counts from 1; `gradientScale` multiplies the summed gradient (clipping).
  public init(
    learningRate: Double, weightDecay: Double, beta1: Double, beta2: Double, epsilon: Double, step: Int,
    gradientScale: Double
  ) {
    values = vk_adamw_constants(
      stepSize: Scalar(learningRate / (1 - pow(beta1, Double(step)))),
      decay: Scalar(1 - learningRate * weightDecay), beta1: Scalar(beta1), beta2: Scalar(beta2),
      epsilon: Scalar(epsilon), secondScale: Scalar(1 / (1 - pow(beta2, Double(step))).squareRoot()),
      gradientScale: Scalar(gradientScale))
  }
}

extension Parameter {
  /// One AdamW step on a range of the value; the gradient is the sum of `gradients`, one a lane.
  ///
  /// θ ← θ(1 − lr·wd) − lr·m̂/(√v̂ + ε). Returns Σ g² of the summed gradient before scaling.
  public func adamWStep(
    _ range: Range<Int>, gradients: [Tensor], first: Tensor, second: Tensor, _ constants: AdamWConstants
  ) -> Double {
    precondition(
      !gradients.isEmpty && range.upperBound <= value.count
        && gradients.allSatisfy { $0.count == value.count },
      "\(name): AdamW on \(range) of \(shape)")
    let pointers = gradients.map { UnsafePointer($0.pointer) as UnsafePointer<Scalar>? }
    return pointers.withUnsafeBufferPointer { pointers in
      vk_adamw(
        value.pointer + range.lowerBound, first.pointer + range.lowerBound, second.pointer + range.lowerBound,
        pointers.baseAddress, pointers.count, range.lowerBound, range.count, constants.values)
    }
  }

  /// average ← momentum·average + (1 − momentum)·value on a range.
  public func average(_ range: Range<Int>, into average: Tensor, momentum: Double) {
    let keep = Scalar(momentum)
    for index in range {
      average.pointer[index] = keep * average.pointer[index] + (1 - keep) * value.pointer[index]
    }
  }
}

extension Tensor {
  /// Adds 1 to an element and returns what it is then; exact up to 2²⁴.
  public func countUp(_ index: Int) -> Int {
    precondition(index >= 0 && index < count, "element \(index) of \(shape)")
    pointer[index] += 1
    return Int(pointer[index])
  }
}

/// Sums a range of the lanes' gradients into the first; returns Σ g² of the sum.
public func reduceGradients(_ gradients: [Tensor], _ range: Range<Int>) -> Double {
  let pointers = gradients.map { $0.pointer as UnsafeMutablePointer<Scalar>? }
  return pointers.withUnsafeBufferPointer { pointers in
    vk_reduce(pointers.baseAddress, pointers.count, range.lowerBound, range.count)
  }
}
