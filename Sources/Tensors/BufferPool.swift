import Platform
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Foundation
#endif

/// Memory for tensors, kept for reuse so that a training step allocates nothing after the first.
///
/// A buffer returns to its pool when the last tensor that reads it goes away, on whichever thread that is.
/// Sizes are rounded up to four classes a doubling; pages never touched cost nothing.
public final class BufferPool: Sendable {
  private struct State {
    var free: [Int: [Block]] = [:]
    var bytes = 0
  }

  // A block in the free list has no other owner.
  struct Block: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Scalar>
    let capacity: Int
  }

  private let state = Mutex(State())

  /// Creates an empty pool.
  public init() {}

  /// Bytes this pool has taken from the system and not given back.
  public var bytes: Int { state.withLock { $0.bytes } }

  deinit {
    state.withLock { state in
      for blocks in state.free.values {
        for block in blocks { free(block.pointer) }
      }
    }
  }

  func take(_ count: Int) -> Buffer { Buffer(block: takeBlock(Self.sizeClass(count)), pool: self) }

  /// A block of one of the classes of `sizeClass`.
  func takeBlock(_ capacity: Int) -> Block {
    state.withLock { $0.free[capacity]?.popLast() } ?? allocate(capacity)
  }

  func give(_ block: Block) {
    state.withLock { $0.free[block.capacity, default: []].append(block) }
  }

  private func allocate(_ capacity: Int) -> Block {
    let size = capacity * MemoryLayout<Scalar>.stride
    var raw: UnsafeMutableRawPointer?
    let isLarge = size >= 2 << 20
    let status = posix_memalign(&raw, isLarge ? 2 << 20 : 64, size)
    guard status == 0, let raw else {
      preconditionFailure("out of memory: a tensor wanted \(size) bytes; use a smaller batch")
    }
    #if os(Linux)
      if isLarge { madvise(raw, size, MADV_HUGEPAGE) }
    #endif
    state.withLock { $0.bytes += size }
    return Block(pointer: raw.bindMemory(to: Scalar.self, capacity: capacity), capacity: capacity)
  }

  /// The capacity that a request for `count` scalars is rounded up to.
  package static func sizeClass(_ count: Int) -> Int {
    guard count > 64 else { return 64 }
    let quarter = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount - 2)
    return (count + quarter - 1) / quarter * quarter
  }
}
