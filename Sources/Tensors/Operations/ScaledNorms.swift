#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif
import Foundation

/// Norms that multiply each row by one factor: what they share is that nothing is centred and no channel has a gain of
/// its own.
extension Tape {
  /// y = s·x/max(‖x‖, ε) over the last axis, s [1] (Nguyen & Salazar, 2019).
  ///
  /// Rows shorter than ε are divided by ε, and are linear in x.
  public func scaleNorm(_ x: Tensor, scale: Tensor, epsilon: Scalar) -> Tensor {
    scaledNorm(x, scale: scale, divisor: 1, floor: epsilon)
  }

  /// y = x/max(‖x‖, ε) over the last axis: rows of length 1, for losses that compare directions.
  public func unitRows(_ x: Tensor, epsilon: Scalar = 1e-12) -> Tensor {
    scaledNorm(x, scale: nil, divisor: 1, floor: epsilon)
  }

  /// y = γ·x/√(mean x² + ε) over the last axis, γ [1] (Park et al., 2025).
  public func singleScaleRMSNorm(_ x: Tensor, scale: Tensor, epsilon: Scalar) -> Tensor {
    scaledNorm(x, scale: scale, divisor: Scalar(x.width), epsilon: epsilon)
  }

  /// y = √D·x/max(‖x‖, ε) over the last axis, D its width (Nguyen & Salazar, 2019).
  public func fixNorm(_ x: Tensor, epsilon: Scalar) -> Tensor {
    let width = Scalar(x.width)
    return scaledNorm(x, scale: nil, divisor: width, floor: epsilon / width.squareRoot())
  }

  /// y = x·exp(s)/√(mean (x − b)²) over the last axis, b [width], s [1] (Yao et al., 2023).
  ///
  /// In training the gradient of s turns its sign where s is outside of `range` and would be pushed further out.
  public func biasNorm(_ x: Tensor, bias: Tensor, logScale: Tensor, keeping range: ClosedRange<Scalar>)
    -> Tensor
  {
    precondition(bias.count == x.width, "biasNorm: input \(x.shape), bias \(bias.shape)")
    let value = logScale.scalar
    return scaledNorm(x, offset: bias, scale: logScale, gain: exp(value), divisor: Scalar(x.width)) {
      [mode = context.mode] gradient in
      let derivative = gradient * exp(value)
      let pushesOut =
        value > range.upperBound && derivative < 0 || value < range.lowerBound && derivative > 0
      return mode == .training && pushesOut ? -derivative : derivative
    }
  }

  /// y = gain·x/max(√(Σ (x − offset)²/divisor + ε), floor); the gain is a function of `scale`, by default `scale` itself
  /// or 1, and `scaleGradient` makes the gradient of `scale` of that of the gain.
  private func scaledNorm(
    _ x: Tensor, offset: Tensor? = nil, scale: Tensor?, gain: Scalar? = nil, divisor: Scalar,
    epsilon: Scalar = 0, floor: Scalar = 0, scaleGradient: @escaping (Scalar) -> Scalar = { $0 }
  ) -> Tensor {
    let constants = vk_scaled_norm_constants(
      rows: x.rows, width: x.width, gain: gain ?? scale?.scalar ?? 1, divisor: divisor, epsilon: epsilon,
      floor: floor)
    let y = allocate(x.shape)
    let inverse = allocate([x.rows])
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let input = x.pointer
      timed(.norms) { vk_scaled_norm(input, offset?.pointer, buffer.pointer, inverse.pointer, constants) }
    }
    compute()
    trace(
      .scaledNorm(
        x, offset: offset, gain: constants.gain, divisor: divisor, epsilon: epsilon, floor: floor), y)

    return record(y, from: x, offset, scale, restore: compute) { [unowned self] upstream in
      let offsetTarget = zeroedAccumulator(offset)
      let target = x.gradient?.accumulator(shape: x.shape, pool: pool)
      let input = x.pointer
      timed(.norms) {
        let gradient = vk_scaled_norm_backward(
          input, offset?.pointer, upstream.pointer, inverse.pointer, target?.pointer,
          target?.beta == 1 ? 1 : 0, offsetTarget, constants)
        zeroedAccumulator(scale)?.pointee += scaleGradient(Scalar(gradient))
      }
    }
  }
}
