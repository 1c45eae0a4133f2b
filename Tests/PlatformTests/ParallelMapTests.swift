import Platform
import Synchronization
import Testing

struct ParallelMapTests {
  @Test(arguments: [1, 2, 7, 100]) func resultsStandInTheOrderOfTheirIndices(threads: Int) {
    #expect(parallelMap(count: 37, threads: threads) { $0 * $0 } == (0..<37).map { $0 * $0 })
    #expect(parallelMap(count: 0, threads: threads) { $0 }.isEmpty)
  }

  @Test func eachIndexIsComputedOnce() {
    let calls = Mutex([Int](repeating: 0, count: 500))
    _ = parallelMap(count: 500) { index in calls.withLock { $0[index] += 1 } }
    #expect(calls.withLock { $0 } == [Int](repeating: 1, count: 500))
  }

  @Test(arguments: [0, 1, 7, 8, 100], [nil, 1, 3, 16])
  func rangesCoverAllRowsInOrder(count: Int, pieces: Int?) {
    let ranges = rowRanges(count: count, pieces: pieces, multiple: 4)
    #expect(ranges.flatMap { Array($0) } == Array(0..<count))
    #expect(ranges.dropLast().allSatisfy { $0.count.isMultiple(of: 4) })
    if let pieces { #expect(ranges.count <= pieces) } else { #expect(ranges.allSatisfy { $0.count <= 4 }) }
  }

  /// One count for lanes and threads, of the cores that the process may use.
  @Test func coresAreThoseThatTheProcessMayUse() {
    #expect(MachineCapacity.coreCount == CoreAffinity.allowedCores.count)
    #expect(Provenance.Machine.present.cores == MachineCapacity.coreCount)
  }
}
