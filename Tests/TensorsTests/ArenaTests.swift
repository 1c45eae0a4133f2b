import Platform
import Tensors
import Testing

/// The arena against a plain list of what is taken.
@Suite("Arena")
struct ArenaTests {
  @Test func blocksNeverOverlapAndJoinAgain() throws {
    var arena = try #require(Arena())
    defer { arena.release() }
    var random = RandomStream(seed: 1, purpose: .split)
    var taken: [(pointer: UnsafeMutableRawPointer, count: Int)] = []
    var alive = 0
    for round in 0..<4_000 {
      if taken.isEmpty || random.uniform() < (round < 2_000 ? 0.55 : 0.45) {
        let count = Arena.rounded(1 + random.index(below: 300_000))
        let found = arena.take(count)
        let block = try #require(found)
        #expect(UInt(bitPattern: block) % 64 == 0)
        #expect(taken.allSatisfy { block + count <= $0.pointer || $0.pointer + $0.count <= block })
        taken.append((block, count))
        alive += count
      } else {
        let block = taken.remove(at: random.index(below: taken.count))
        arena.give(block.pointer, block.count)
        alive -= block.count
      }
      #expect(arena.freeRanges.bytes == arena.committed - alive)
    }
    for block in taken { arena.give(block.pointer, block.count) }
    #expect(arena.freeRanges.count == 1)
    #expect(arena.freeRanges.bytes == arena.committed)
  }

  @Test func theSmallestFreeRangeThatFitsIsTaken() throws {
    var arena = try #require(Arena())
    defer { arena.release() }
    let blocks = [6400, 64, 640, 64, 3200, 64].compactMap { arena.take($0) }
    try #require(blocks.count == 6)
    for (index, count) in [(0, 6400), (2, 640), (4, 3200)] { arena.give(blocks[index], count) }
    #expect(arena.take(3200) == blocks[4])
    #expect(arena.take(128) == blocks[2])
    #expect(arena.take(512) == blocks[2] + 128)
    #expect(arena.take(6464) == blocks[5] + 64)
  }

  @Test func anArenaReservesLessWhereTheSystemRefuses() throws {
    // More than any process has.
    var arena = try #require(Arena(reserving: 1 << 60))
    defer { arena.release() }
    let taken = arena.take(64_000)
    let block = try #require(taken)
    block.storeBytes(of: 1, as: UInt8.self)
    #expect(Arena(for: 1 << 60, reserving: 1 << 20) == nil)
  }

  @Test func aFullArenaIsFollowedByAnother() throws {
    let pool = BufferPool(arenaBytes: 4 << 20)
    var tensors = (1..<40).map { Tensor(shape: [100_000], repeating: Scalar($0), pool: pool) }
    let large = Tensor(shape: [3_000_000], repeating: 7, pool: pool)
    #expect(pool.bytes >= 40 * 100_000 * MemoryLayout<Scalar>.stride && large.values.allSatisfy { $0 == 7 })
    for (index, tensor) in tensors.enumerated() {
      #expect(tensor.values.allSatisfy { $0 == Scalar(index + 1) })
    }
    let bytes = pool.bytes
    tensors.removeAll()
    tensors = (1..<40).map { Tensor(shape: [100_000], repeating: Scalar($0), pool: pool) }
    #expect(pool.bytes == bytes && tensors[20].values.allSatisfy { $0 == 21 })
  }

  @Test func whatWasWrittenStays() throws {
    let pool = BufferPool()
    let tensors = (1..<40).map { Tensor(shape: [$0 * 1_000], repeating: Scalar($0), pool: pool) }
    #expect(
      tensors.enumerated().allSatisfy { index, tensor in
        tensor.values.allSatisfy { $0 == Scalar(index + 1) }
      })
  }

  @Test func roundingIsToLinesButNotToPages() {
    #expect(Arena.rounded(1) == 64 && Arena.rounded(64) == 64 && Arena.rounded(65) == 128)
    #expect(Arena.rounded(8192) == 8384)
    #expect((1...5_000).allSatisfy { Arena.rounded($0 * 50) % 64 == 0 && Arena.rounded($0 * 50) % 4096 != 0 })
  }
}
