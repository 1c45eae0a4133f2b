/// A neighbour as one integer that orders by similarity, then by lower index: larger is nearer.
struct NeighborKey: Comparable, Sendable {
  private let bits: UInt64

  init(similarity: Float, index: Int) {
    let pattern = (similarity + 0).bitPattern
    let ordered = pattern & 0x8000_0000 == 0 ? pattern | 0x8000_0000 : ~pattern
    bits = UInt64(ordered) << 32 | UInt64(UInt32.max - UInt32(index))
  }

  var index: Int { Int(UInt32.max - UInt32(truncatingIfNeeded: bits)) }

  var similarity: Float {
    let ordered = UInt32(bits >> 32)
    return Float(bitPattern: ordered & 0x8000_0000 == 0 ? ~ordered : ordered & 0x7FFF_FFFF)
  }

  @inline(__always)
  static func < (a: NeighborKey, b: NeighborKey) -> Bool { a.bits < b.bits }
}

/// The nearest so far, at most `capacity`: a binary heap with the farthest of them at its root.
struct NeighborHeap: Sendable {
  private let capacity: Int
  private var keys: [NeighborKey] = []
  private var threshold = -Float.infinity

  init(capacity: Int) {
    self.capacity = capacity
    keys.reserveCapacity(capacity)
  }

  /// Takes in `similarities[range]`, which belong to bank rows from `firstIndex` on.
  ///
  /// Bank rows must be offered in ascending order: a later row only displaces a strictly less similar one.
  mutating func offer(_ similarities: [Float], _ range: Range<Int>, firstIndex: Int) {
    var bound = threshold
    for position in range {
      let similarity = similarities[position]
      guard similarity > bound else { continue }
      insert(NeighborKey(similarity: similarity, index: firstIndex + position - range.lowerBound))
      bound = threshold
    }
  }

  /// Nearest first.
  func sorted() -> [NeighborKey] { keys.sorted(by: >) }

  private mutating func insert(_ key: NeighborKey) {
    if keys.count < capacity {
      keys.append(key)
      siftUp()
    } else {
      siftDown(key)
    }
    if keys.count == capacity { threshold = keys[0].similarity }
  }

  private mutating func siftUp() {
    var child = keys.count - 1
    let key = keys[child]
    while child > 0, key < keys[(child - 1) / 2] {
      keys[child] = keys[(child - 1) / 2]
      child = (child - 1) / 2
    }
    keys[child] = key
  }

  /// Replaces the root by `key`.
  private mutating func siftDown(_ key: NeighborKey) {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < keys.count else { break }
      if child + 1 < keys.count, keys[child + 1] < keys[child] { child += 1 }
      guard keys[child] < key else { break }
      keys[parent] = keys[child]
      parent = child
    }
    keys[parent] = key
  }
}
