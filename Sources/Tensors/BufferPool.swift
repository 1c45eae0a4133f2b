import Foundation
import Platform
import Synchronization

/// Memory for tensors, kept for reuse so that a training step allocates nothing after the first.
///
/// A buffer returns to its pool when the last tensor that reads it goes away, on whichever thread that is. Small
/// buffers are rounded up to four classes a doubling; large ones are blocks of an arena, or of a further one when the
/// first is full.
public final class BufferPool: Sendable {
  // The arenas are touched under the lock alone.
  private struct State: @unchecked Sendable {
    var free: [Int: [Block]] = [:]
    var smallBytes = 0
    var arenas: [Arena] = []
  }

  // A block that was given back has no other owner.
  struct Block: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Scalar>
    let capacity: Int
    let isLarge: Bool
  }

  private static let largeBytes = 16 << 10
  private let state = Mutex(State())

  private let arenaBytes: Int?

  /// Creates an empty pool.
  public init() { arenaBytes = nil }

  /// Creates an empty pool whose arenas reserve so many bytes.
  package init(arenaBytes: Int) { self.arenaBytes = arenaBytes }

  /// Bytes this pool has taken from the system and not given back.
  public var bytes: Int {
    state.withLock { state in state.arenas.reduce(state.smallBytes) { $0 + $1.committed } }
  }

  deinit {
    state.withLock { state in
      for blocks in state.free.values {
        for block in blocks { free(block.pointer) }
      }
      for arena in state.arenas { arena.release() }
    }
  }

  func take(_ count: Int) -> Buffer { Buffer(block: takeBlock(count), pool: self) }

  func takeBlock(_ count: Int) -> Block {
    let bytes = count * MemoryLayout<Scalar>.stride
    let block = bytes < Self.largeBytes ? takeSmall(Self.sizeClass(count)) : takeLarge(Arena.rounded(bytes))
    guard let block else { OutOfMemory.end("a tensor wants \(ByteCount(bytes))") }
    return block
  }

  func give(_ block: Block) {
    state.withLock { state in
      if block.isLarge {
        let raw = UnsafeMutableRawPointer(block.pointer)
        guard let index = state.arenas.firstIndex(where: { $0.owns(raw) }) else {
          preconditionFailure("BufferPool: a block of another pool")
        }
        state.arenas[index].give(raw, block.capacity * MemoryLayout<Scalar>.stride)
      } else {
        state.free[block.capacity, default: []].append(block)
      }
    }
  }

  private func takeLarge(_ bytes: Int) -> Block? {
    state.withLock { state in
      guard let raw = Self.take(bytes, from: &state.arenas, reserving: arenaBytes) else { return nil }
      let capacity = bytes / MemoryLayout<Scalar>.stride
      return Block(
        pointer: raw.bindMemory(to: Scalar.self, capacity: capacity), capacity: capacity, isLarge: true)
    }
  }

  private static func take(
    _ bytes: Int, from arenas: inout [Arena], reserving arenaBytes: Int?
  ) -> UnsafeMutableRawPointer? {
    for index in arenas.indices {
      if let raw = arenas[index].take(bytes) { return raw }
    }
    guard var arena = Arena(for: bytes, reserving: arenaBytes ?? Arena.share) else { return nil }
    guard let raw = arena.take(bytes) else {
      arena.release()
      return nil
    }
    arenas.append(arena)
    return raw
  }

  private func takeSmall(_ capacity: Int) -> Block? {
    if let reused = state.withLock({ $0.free[capacity]?.popLast() }) { return reused }
    let size = capacity * MemoryLayout<Scalar>.stride
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, 64, size) == 0, let raw else { return nil }
    state.withLock { $0.smallBytes += size }
    return Block(
      pointer: raw.bindMemory(to: Scalar.self, capacity: capacity), capacity: capacity, isLarge: false)
  }

  /// The capacity that a small request for `count` scalars is rounded up to.
  package static func sizeClass(_ count: Int) -> Int {
    guard count > 64 else { return 64 }
    let quarter = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount - 2)
    return (count + quarter - 1) / quarter * quarter
  }
}
