import Dispatch
import Synchronization

/// `body(0), …, body(count − 1)`, computed on up to `threads` threads, in order of index.
///
/// For work outside of a training step, which has lanes. No result depends on the number of threads where work is cut
/// into pieces by the problem's size alone and the pieces' results are combined in their order.
package func parallelMap<Element: Sendable>(
  count: Int, threads: Int = MachineCapacity.coreCount, _ body: @Sendable (Int) -> Element
) -> [Element] {
  let results = Mutex([Element?](repeating: nil, count: count))
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      let result = body(index)
      results.withLock { $0[index] = result }
    }
  }
  return results.withLock { $0.compactMap { $0 } }
}

/// Cuts `0..<count` into ranges, all but the last a multiple of `multiple` long: at most `pieces` of them, or
/// without `pieces` ranges of exactly `multiple`.
package func rowRanges(count: Int, pieces: Int? = nil, multiple: Int) -> [Range<Int>] {
  let blocks = (count + multiple - 1) / multiple
  let length = pieces.map { max(1, (blocks + $0 - 1) / $0) * multiple } ?? multiple
  return stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
}
