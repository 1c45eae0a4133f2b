// Used only by the tape that made it, hence by one lane at a time.
final class GradientSlot: @unchecked Sendable {
  private(set) var value: Tensor?
  /// The parameter whose gradient gathers here; nil for intermediate results.
  let parameter: Parameter?
  /// Recorded operations that have yet to add to the gradient of the parameter.
  var pendingReaders = 0
  /// Those among them that said so before their backward step ended.
  var finishedEarly = 0

  init(of parameter: Parameter? = nil) { self.parameter = parameter }

  /// Moves the gradient out.
  func take() -> Tensor? {
    let taken = value
    value = nil
    return taken
  }

  /// Adds a whole gradient; when there is none yet its storage is taken over, not copied.
  func add(_ gradient: consuming Tensor, pool: BufferPool) {
    guard value != nil else {
      value = gradient
      return
    }
    let target = unique(shape: gradient.shape, pool: pool)
    addInPlace(target, gradient.pointer, gradient.count)
  }

  /// Adds a multiple of a whole gradient.
  func add(_ gradient: consuming Tensor, scaledBy factor: Scalar, pool: BufferPool) {
    guard factor != 1 else { return add(gradient, pool: pool) }
    let (target, beta) = accumulator(shape: gradient.shape, pool: pool)
    accumulate(target, beta: beta, gradient.pointer, scaledBy: factor, gradient.count)
  }

  /// Where to write a gradient of this shape, and the factor of what is there already: 0 (overwrite) or 1 (add).
  func accumulator(shape: [Int], pool: BufferPool) -> (pointer: UnsafeMutablePointer<Scalar>, beta: Scalar) {
    if value == nil {
      let fresh = Tensor(shape: shape, buffer: pool.take(shape.reduce(1, *)))
      value = fresh
      return (fresh.pointer, 0)
    }
    return (unique(shape: shape, pool: pool), 1)
  }

  // A residual hands one gradient to two readers; the first writer takes a copy unless the other is done.
  private func unique(shape: [Int], pool: BufferPool) -> UnsafeMutablePointer<Scalar> {
    guard var current = take() else { preconditionFailure("a gradient slot without a value") }
    precondition(current.count == shape.reduce(1, *), "gradient of shape \(current.shape) met \(shape)")
    if !isKnownUniquelyReferenced(&current.buffer) {
      let copy = Tensor(shape: current.shape, buffer: pool.take(current.count))
      copy.pointer.update(from: current.pointer, count: current.count)
      current = copy
    }
    value = current
    return current.pointer
  }
}
