import Imaging
import Platform
import Synchronization

/// Keeps images in memory.
final class MemoryCache: ImageCache {
  private final class Shard: Sendable {
    let images = Mutex<[ContentHash: Image]>([:])
  }

  /// What an entry takes beside its samples, about.
  private static let overhead = 256

  private let bound: Int
  private let used = Atomic(0)
  // Threads seldom want the same lock.
  private let shards: [Shard]

  /// Creates a cache of at most `bound` bytes.
  init(bound: Int) {
    self.bound = bound
    shards = (0..<64).map { _ in Shard() }
  }

  /// Bytes taken.
  var usedBytes: Int { used.load(ordering: .relaxed) }

  func image(for key: ContentHash) -> Image? {
    shard(of: key).images.withLock { $0[key] }
  }

  func keep(_ image: Image, for key: ContentHash) {
    let size = image.samples.capacityBytes + Self.overhead
    guard reserve(size) else { return }
    let isNew = shard(of: key).images.withLock { images in
      if images[key] != nil { return false }
      images[key] = image
      return true
    }
    if !isNew { used.wrappingSubtract(size, ordering: .relaxed) }
  }

  private func shard(of key: ContentHash) -> Shard { shards[Int(key.low % UInt64(shards.count))] }

  private func reserve(_ size: Int) -> Bool {
    if used.wrappingAdd(size, ordering: .relaxed).newValue <= bound { return true }
    used.wrappingSubtract(size, ordering: .relaxed)
    return false
  }
}

extension PixelSamples {
  /// The memory that the samples take.
  fileprivate var capacityBytes: Int {
    switch self {
    case .eightBit(let samples): samples.capacity
    case .sixteenBit(let samples): 2 * samples.capacity
    case .float(let samples): 4 * samples.capacity
    }
  }
}
