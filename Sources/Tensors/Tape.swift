/// One forward pass and its way back: where buffers come from, what is recorded, and the gradients that result.
///
/// The differentiable operations are methods of `Tape`, one file each under `Operations/`. A tape belongs
/// to one lane and is not shared between threads.
public final class Tape {
  /// What layers and losses know of the pass.
  public let context: PassContext
  /// The pool that every tensor of this tape comes from.
  public let pool: BufferPool
  /// Who watches the pass.
  public let observer: PassObserver

  private let gradients: ParameterGradients
  // Who takes each parameter's gradient during the present backward pass, as soon as it is complete.
  private var taker: ((Parameter, Tensor?) -> Void)?
  private(set) var recordsGradients: Bool
  private var backwardSteps: [() -> Void] = []
  // By their buffers, of parameters that this tape does not differentiate; kept for `observer.beforeProduct` alone.
  private var constantParameters: [ObjectIdentifier: Parameter] = [:]

  /// Creates the tape of a pass.
  ///
  /// - Parameters:
  ///   - recordsGradients: whether there is a way back; by default where layers behave as in training.
  ///   - observer: who watches; by default nobody.
  ///   - gradients: where those of parameters gather; by default they are this tape's own.
  public init(
    _ context: PassContext, recordsGradients: Bool? = nil, observer: PassObserver = PassObserver(),
    gradients: ParameterGradients = ParameterGradients(), pool: BufferPool = BufferPool()
  ) {
    self.context = context
    self.recordsGradients = recordsGradients ?? (context.mode == .training)
    self.observer = observer
    self.gradients = gradients
    self.pool = pool
  }

  /// The value of a parameter as a tensor of this tape; differentiated when the parameter is trainable.
  public func callAsFunction(_ parameter: Parameter) -> Tensor {
    guard recordsGradients, parameter.isTrainable else {
      if observer.beforeProduct != nil {
        constantParameters[ObjectIdentifier(parameter.value.buffer)] = parameter
      }
      return parameter.value
    }
    return gradients.tensor(of: parameter)
  }

  /// A constant made into a tensor whose gradient is wanted: for inputs whose gradient somebody reads.
  public func variable(_ constant: Tensor) -> Tensor {
    Tensor(
      shape: constant.shape, buffer: constant.buffer, offset: constant.offset, gradient: GradientSlot())
  }

  /// The gradient that has gathered for a parameter, in its shape, or nil when none reached it.
  public func gradient(of parameter: Parameter) -> Tensor? { gradients[parameter] }

  /// The gradient that has gathered for a tensor made by `variable(_:)`.
  public func gradient(of variable: Tensor) -> Tensor? { variable.gradient?.value }

  /// Forgets the gradients of all parameters; their buffers return to the pool.
  public func clearGradients() { gradients.clear() }

  /// Runs the recorded operations backwards from a scalar loss, adding to the gradients of the parameters.
  ///
  /// - Parameters:
  ///   - seed: the derivative of what is optimised with respect to `loss`: the share of this tape's samples.
  ///   - taker: takes each parameter's gradient as soon as it is complete; nil keeps them for `gradient(of:)`.
  public func backward(
    from loss: Tensor, seed: Scalar = 1, handingTo taker: ((Parameter, Tensor?) -> Void)? = nil
  ) {
    precondition(loss.count == 1, "backward wants a scalar loss, not \(loss.shape)")
    backward(
      from: [loss], gradients: [Tensor(shape: loss.shape, repeating: seed, pool: pool)], handingTo: taker)
  }

  /// Runs the recorded operations backwards from `output`, given the gradient with respect to it.
  public func backward(from output: Tensor, gradient: Tensor) {
    backward(from: [output], gradients: [gradient])
  }

  /// Runs the recorded operations backwards from several outputs, given the gradient with respect to each, of its shape.
  public func backward(
    from outputs: [Tensor], gradients: [Tensor], handingTo taker: ((Parameter, Tensor?) -> Void)? = nil
  ) {
    self.taker = taker
    defer { self.taker = nil }
    precondition(outputs.map(\.shape) == gradients.map(\.shape), "backward: gradients of other shapes")
    for (output, gradient) in zip(outputs, gradients) { output.gradient?.add(gradient, pool: pool) }
    while let step = backwardSteps.popLast() { step() }
  }

  /// Runs a part of a forward pass whose results are constants: nothing of it is recorded.
  public func withoutRecording<Result>(_ body: () -> Result) -> Result {
    let before = recordsGradients
    recordsGradients = false
    defer { recordsGradients = before }
    return body()
  }

  /// Whether a layer is to write what it learnt from this pass into its buffers: in training, on one lane.
  public var writesBuffers: Bool {
    context.mode == .training && recordsGradients && context.collective?.isLeader ?? true
  }

  /// Shows an intermediate result to the observer, if there is one.
  @inline(__always)
  public func observe(_ site: @autoclosure () -> ObservationSite, _ result: Tensor) {
    if let show = observer.onResult { show(site(), result) }
  }

  /// Drops a result that no operation of the forward pass will read any more, if `context.recompute` reaches `level` and the
  /// result can be computed again; its backward pass does that. Reading it all the same costs time, not correctness.
  public func forget(_ result: Tensor, _ level: Recompute) {
    if context.recompute >= level { result.buffer.drop() }
  }

  // MARK: For operations

  /// A constant of zeros.
  public func zeros(_ shape: [Int]) -> Tensor { Tensor(shape: shape, repeating: 0, pool: pool) }

  func allocate(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, buffer: pool.take(shape.reduce(1, *)))
  }

  /// Gives `output` a gradient slot and records how its gradient reaches the inputs, when any input wants one.
  ///
  /// `restore` computes the output again into its storage, so that `forget(_:_:)` may drop it.
  func record(
    _ output: Tensor, from inputs: Tensor?..., restore: (() -> Void)? = nil,
    backward: @escaping (_ upstream: consuming Tensor) -> Void
  ) -> Tensor {
    record(output, fromAll: inputs, restore: restore, backward: backward)
  }

  /// The same, of a list of inputs.
  func record(
    _ output: Tensor, fromAll inputs: [Tensor?], restore: (() -> Void)? = nil,
    backward: @escaping (_ upstream: consuming Tensor) -> Void
  ) -> Tensor {
    guard recordsGradients, inputs.contains(where: { $0?.gradient != nil }) else { return output }
    let slot = GradientSlot()
    let parameters = inputs.compactMap { input in input?.gradient?.parameter == nil ? nil : input?.gradient }
    for parameter in parameters { parameter.pendingReaders += 1 }
    backwardSteps.append { [unowned self] in
      if let upstream = slot.take() { backward(upstream) }
      for parameter in parameters { finishReading(parameter) }
    }
    if context.recompute != .none { output.buffer.restore = restore }
    return Tensor(shape: output.shape, buffer: output.buffer, offset: output.offset, gradient: slot)
  }

  /// Says inside a backward step that it neither reads a parameter nor adds to its gradient any more, so that its
  /// gradient can be handed over before the step is done.
  func finish(_ parameter: Tensor) {
    guard let slot = parameter.gradient, slot.parameter != nil else { return }
    finishReading(slot)
    slot.finishedEarly += 1
  }

  private func finishReading(_ slot: GradientSlot) {
    if slot.finishedEarly > 0 {
      slot.finishedEarly -= 1
      return
    }
    slot.pendingReaders -= 1
    guard slot.pendingReaders == 0, let taker, let parameter = slot.parameter else { return }
    taker(parameter, slot.take())
  }

  /// Shows the observer a weight and its input.
  func show(_ weight: Tensor, _ input: Tensor) {
    guard let beforeProduct = observer.beforeProduct,
      let parameter = weight.gradient?.parameter ?? constantParameters[ObjectIdentifier(weight.buffer)]
    else { return }
    beforeProduct(parameter, input)
  }

  /// Runs a part of an operation, its time counted under `kind` when somebody counts.
  @inline(__always)
  func timed(_ kind: OperationTimes.Kind, _ body: () -> Void) {
    guard let times = observer.times else { return body() }
    times.measure(kind, body)
  }

  /// `BLAS.gemm` on dense operands or explicit strides, counted when somebody counts.
  @inline(__always)
  func gemm(
    _ rows: Int, _ columns: Int, _ inner: Int, alpha: Scalar = 1,
    _ a: UnsafePointer<Scalar>, stride aStride: Int, _ aTransposition: Transposition,
    _ b: UnsafePointer<Scalar>, stride bStride: Int, _ bTransposition: Transposition,
    beta: Scalar, _ c: UnsafeMutablePointer<Scalar>, stride cStride: Int
  ) {
    observer.onMatrixProduct?(
      MatrixProductShape(
        rows: rows, columns: columns, inner: inner, a: aTransposition, b: bTransposition,
        aStride: aStride, bStride: bStride, cStride: cStride, accumulates: beta != 0))
    timed(.matrixProducts) {
      BLAS.gemm(
        rows, columns, inner, alpha: alpha, a, stride: aStride, aTransposition, b, stride: bStride,
        bTransposition, beta: beta, c, stride: cStride)
    }
  }
}
