#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

extension Tape {
  /// y = f(x + b): x [..., inputs], b [inputs] → [..., inputs], of swiGLU [..., inputs / 2].
  ///
  /// Of the forward pass the way back reads x alone: it computes f and its derivative together.
  public func activate(_ x: Tensor, bias: Tensor, by activation: Activation) -> Tensor {
    guard activation != .gelu else { return gelu(x, bias: bias) }
    let (rows, inputs) = (x.rows, x.width)
    precondition(
      bias.count == inputs && inputs % activation.inputsPerOutput == 0,
      "activate: input \(x.shape), bias \(bias.shape), \(activation.rawValue)")
    let width = inputs / activation.inputsPerOutput
    return activated(x, bias: bias, by: activation, width: width) { input, bias, output in
      if let kernel = activation.kernel {
        vk_activate(kernel, input, bias, output, rows, width)
      } else {
        vk_swiglu(input, bias, output, rows, width)
      }
    } backward: { input, bias, upstream, dx, biasTarget in
      if let kernel = activation.kernel {
        vk_activate_backward(kernel, input, bias, upstream, dx, biasTarget, rows, width)
      } else {
        vk_swiglu_backward(input, bias, upstream, dx, biasTarget, rows, width)
      }
    }
  }

  /// A function of x [..., inputs] and b [inputs] to [..., width] by kernels; kept for the way back is x alone.
  func activated(
    _ x: Tensor, bias: Tensor, by activation: Activation, width: Int,
    forward:
      @escaping (
        _ x: UnsafePointer<Scalar>, _ bias: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>
      ) -> Void,
    backward:
      @escaping (
        _ x: UnsafePointer<Scalar>, _ bias: UnsafePointer<Scalar>, _ upstream: UnsafePointer<Scalar>,
        _ dx: UnsafeMutablePointer<Scalar>, _ biasTarget: UnsafeMutablePointer<Scalar>?
      ) -> Void
  ) -> Tensor {
    let y = allocate(x.shape.dropLast() + [width])
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let input = x.pointer
      timed(.gelu) { forward(input, bias.pointer, buffer.pointer) }
    }
    compute()
    trace(.activation(x, bias: bias, activation), y)

    return record(y, from: x, bias, restore: compute) { [unowned self] upstream in
      let dx = allocate(x.shape)
      let biasTarget = zeroedAccumulator(bias)
      let input = x.pointer
      timed(.gelu) { backward(input, bias.pointer, upstream.pointer, dx.pointer, biasTarget) }
      x.gradient?.add(dx, pool: pool)
    }
  }
}

extension Activation {
  /// What kernels of one input for each output call it.
  fileprivate var kernel: vk_activation? {
    switch self {
    case .geluTanh: VK_GELU_TANH
    case .quickGELU: VK_QUICK_GELU
    case .silu: VK_SILU
    case .relu: VK_RELU
    case .gelu, .swiGLU: nil
    }
  }
}
