/// A dense row-major array of `Scalar`s; a value whose storage is shared until it is written.
///
/// A tensor that came out of a recording `Tape` carries a gradient slot; a constant does not.
public struct Tensor: Sendable {
  /// Lengths of the axes, outermost first.
  public let shape: [Int]
  var buffer: Buffer
  let offset: Int
  let gradient: GradientSlot?

  init(shape: [Int], buffer: Buffer, offset: Int = 0, gradient: GradientSlot? = nil) {
    self.shape = shape
    self.buffer = buffer
    self.offset = offset
    self.gradient = gradient
  }

  /// Creates a constant from its values, row-major; the count must match the shape.
  public init(shape: [Int], values: [Scalar], pool: BufferPool = BufferPool()) {
    precondition(
      values.count == shape.reduce(1, *), "Tensor: \(values.count) values for the shape \(shape)")
    self.init(shape: shape, buffer: pool.take(values.count))
    pointer.update(from: values, count: values.count)
  }

  /// Creates a constant filled with one value.
  public init(shape: [Int], repeating value: Scalar = 0, pool: BufferPool = BufferPool()) {
    let count = shape.reduce(1, *)
    self.init(shape: shape, buffer: pool.take(count))
    pointer.update(repeating: value, count: count)
  }

  /// Creates a constant whose elements somebody will write before they are read.
  package init(unwritten shape: [Int], pool: BufferPool) {
    self.init(shape: shape, buffer: pool.take(shape.reduce(1, *)))
  }

  /// Number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// The length of the last axis.
  public var width: Int { shape[shape.count - 1] }

  /// The number of rows when all axes but the last are folded into one.
  public var rows: Int { shape.dropLast().reduce(1, *) }

  /// A copy of the elements, row-major.
  public var values: [Scalar] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// Replaces the elements, seen by every tensor that shares the storage; the count must match.
  public func assign(_ values: [Scalar]) {
    precondition(values.count == count, "Tensor.assign: \(values.count) values for \(shape)")
    pointer.update(from: values, count: values.count)
  }

  /// The only element of a tensor that has one.
  public var scalar: Scalar {
    precondition(count == 1, "Tensor.scalar: the shape is \(shape)")
    return pointer[0]
  }

  /// Whether every element is finite.
  public var isFinite: Bool {
    var sum: Scalar = 0
    for index in 0..<count { sum += pointer[index] * 0 }
    return sum == 0
  }

  /// Whether both are views of the same memory.
  public func sharesStorage(with other: Tensor) -> Bool { buffer === other.buffer }

  /// The same elements under another shape; storage and gradient are shared.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "Tensor.reshaped: \(self.shape) to \(shape)")
    return Tensor(shape: shape, buffer: buffer, offset: offset, gradient: gradient)
  }

  /// The constant that holds entries `range` of the outermost axis; storage is shared.
  public func slice(_ range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[0], "Tensor.slice: \(range) of \(shape)")
    let stride = shape.dropFirst().reduce(1, *)
    return Tensor(
      shape: [range.count] + shape.dropFirst(), buffer: buffer, offset: offset + range.lowerBound * stride)
  }

  /// Reads the elements in place.
  public func withSpan<Result>(_ body: (Span<Scalar>) -> Result) -> Result {
    let elements = UnsafeBufferPointer(start: UnsafePointer(pointer), count: count)
    return body(elements.span)
  }

  /// Writes the elements in place, seen by every tensor that shares the storage.
  ///
  /// Threads may write disjoint slices of one tensor at the same time.
  public func withMutableSpan<Result>(_ body: (inout MutableSpan<Scalar>) -> Result) -> Result {
    let elements = UnsafeMutableBufferPointer(start: pointer, count: count)
    var span = elements.mutableSpan
    return body(&span)
  }

  var pointer: UnsafeMutablePointer<Scalar> { buffer.pointer + offset }
}
