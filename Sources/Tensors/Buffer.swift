/// The storage of one or several tensors.
///
/// It may be dropped by a tape that knows how to compute its content again, and comes back when it is next read.
// One thread writes a buffer before it is shared; after that, threads that share it only read it, or write
// disjoint ranges between two barriers of the lanes. A buffer with `restore` is read by its tape's thread alone.
final class Buffer: @unchecked Sendable {
  private var block: BufferPool.Block
  private let pool: BufferPool
  private var isDropped = false

  /// Computes the content again into the fresh memory that `pointer` then is.
  var restore: (() -> Void)?

  init(block: BufferPool.Block, pool: BufferPool) {
    self.block = block
    self.pool = pool
  }

  deinit {
    if !isDropped { pool.give(block) }
  }

  @inline(__always)
  var pointer: UnsafeMutablePointer<Scalar> {
    if isDropped { bringBack() }
    return block.pointer
  }

  /// Gives the memory back to the pool when the content can be computed again.
  func drop() {
    guard restore != nil, !isDropped else { return }
    pool.give(block)
    isDropped = true
  }

  @inline(never)
  private func bringBack() {
    block = pool.takeBlock(block.capacity)
    isDropped = false
    restore?()
  }
}
