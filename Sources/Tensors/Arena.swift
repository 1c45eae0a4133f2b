import Foundation
import Platform

/// A range of addresses that grows as blocks are taken from it, and joins free blocks that touch.
///
/// Blocks fit exactly, the smallest free range first, so that a training step's peak is close to the bytes that are
/// alive at its worst moment: memory of one shape's activations serves another's gradients. Addresses are reserved for
/// as much as the machine has, or for a share where their number is limited; memory is taken from the system when the
/// range first grows over it. A few hundred blocks are alive at a time; taking and giving back look through the free
/// ranges, of which there are fewer.
package struct Arena {
  private struct Range {
    var start, count: Int
    var end: Int { start + count }
  }

  // Bytes; a growth step is a huge page.
  private static let growth = 2 << 20
  private let base: UnsafeMutableRawPointer
  private let reserved: Int
  private var top = 0
  package private(set) var committed = 0
  private var free: [Range] = []  // ascending, never touching each other

  /// Reserves addresses for `wanted` bytes at least and `bytes` at most, half as many again and again while the system
  /// refuses; nil when it refuses the least.
  package init?(for wanted: Int = 0, reserving bytes: Int = Arena.share) {
    let least = (wanted + Self.growth - 1) / Self.growth * Self.growth
    var size = max(bytes, least)
    while true {
      let count = size + Self.growth
      if let raw = mmap(nil, count, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | Self.noReserve, -1, 0),
        raw != MAP_FAILED
      {
        (mapped, mappedCount, reserved) = (raw, count, size)
        break
      }
      guard size / 2 >= max(least, Self.growth) else { return nil }
      size /= 2
    }
    let misalignment = Int(bitPattern: mapped) & (Self.growth - 1)
    base = mapped + (misalignment == 0 ? 0 : Self.growth - misalignment)
  }

  /// The bytes that an arena reserves: as many as the machine has, but never so many that each core could not have
  /// several and all together much of the addresses that are left.
  package static var share: Int {
    let arenas = 4 * (MachineCapacity.coreCount + 4)
    let left = MachineCapacity.addressLimit.map { max(0, $0 - (ProcessMemory.addressBytes ?? 0)) }
    let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    return max(32 * growth, min(machine, (left ?? usualAddresses) / arenas))
  }

  // Half of what x86-64 and arm64 give a process.
  private static let usualAddresses = 1 << 46

  private let mapped: UnsafeMutableRawPointer
  private let mappedCount: Int
  #if os(Linux)
    private static let noReserve = MAP_NORESERVE
  #else
    private static let noReserve: Int32 = 0
  #endif

  /// Gives everything back to the system.
  package func release() { munmap(mapped, mappedCount) }

  /// The bytes that a request takes: whole cache lines, and never whole pages, since operands that lie whole pages
  /// apart would share their places in a cache.
  package static func rounded(_ bytes: Int) -> Int {
    let lines = (bytes + 63) & ~63
    return lines & 4095 == 0 ? lines + 192 : lines
  }

  /// A block of `count` bytes, a value of `rounded`; nil when there is no memory left.
  package mutating func take(_ count: Int) -> UnsafeMutableRawPointer? {
    var best: Int?
    for index in free.indices where free[index].count >= count {
      if best.map({ free[index].count < free[$0].count }) ?? true { best = index }
    }
    if let best {
      let start = free[best].start
      if free[best].count == count {
        free.remove(at: best)
      } else {
        free[best] = Range(start: start + count, count: free[best].count - count)
      }
      return base + start
    }
    // A free range that ends at the top is the beginning of the new block.
    var start = top
    if let last = free.last, last.end == top { start = last.start }
    guard grow(to: start + count) else { return nil }
    if start < top { free.removeLast() }
    top = start + count
    return base + start
  }

  /// Whether a block is of this arena.
  package func owns(_ pointer: UnsafeMutableRawPointer) -> Bool {
    pointer >= base && pointer < base + reserved
  }

  /// Takes back a block of `count` bytes.
  package mutating func give(_ pointer: UnsafeMutableRawPointer, _ count: Int) {
    let start = pointer - base
    var (low, high) = (0, free.count)
    while low < high {
      let middle = (low + high) / 2
      if free[middle].start < start { low = middle + 1 } else { high = middle }
    }
    let joinsNext = low < free.count && start + count == free[low].start
    if low > 0, free[low - 1].end == start {
      free[low - 1].count += count
      if joinsNext { free[low - 1].count += free.remove(at: low).count }
    } else if joinsNext {
      free[low] = Range(start: start, count: count + free[low].count)
    } else {
      free.insert(Range(start: start, count: count), at: low)
    }
  }

  /// Bytes of the free ranges, and how many there are.
  package var freeRanges: (bytes: Int, count: Int) {
    (free.reduce(0) { $0 + $1.count } + committed - top, free.count)
  }

  private mutating func grow(to end: Int) -> Bool {
    guard end > committed else { return true }
    let target = (end + Self.growth - 1) / Self.growth * Self.growth
    guard target <= reserved, mprotect(base + committed, target - committed, PROT_READ | PROT_WRITE) == 0
    else {
      return false
    }
    #if os(Linux)
      madvise(base + committed, target - committed, MADV_HUGEPAGE)
    #endif
    committed = target
    return true
  }
}
