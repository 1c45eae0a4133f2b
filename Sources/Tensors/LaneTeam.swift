import Foundation
import Platform
import Synchronization

/// A fixed team of threads, one a lane, that run the same closure and meet at its end.
///
/// Each lane has its own tape, buffers and gradients; matrix products inside a lane are single-threaded, so that
/// cores work side by side on different samples. Where there is a core for every lane, each is bound to its own.
public final class LaneTeam: Sendable {
  /// Number of lanes.
  public let count: Int

  private struct Job {
    var body: (@Sendable (Int) -> Void)?
    var isOver = false
  }
  private let job = Mutex(Job())
  private let starts: [DispatchSemaphore]
  private let finished = DispatchSemaphore(value: 0)

  /// Starts `count` threads that wait for work.
  public init(count: Int = MachineCapacity.coreCount) {
    precondition(count > 0, "LaneTeam: \(count) lanes")
    self.count = count
    starts = (0..<count).map { _ in DispatchSemaphore(value: 0) }
    BLASBuffers.reserve(count)
    OutOfMemory.requireStacks(
      count, of: Self.stackBytes, for: "lanes", mend: "lower train.lanes, or raise the limit")
    let cores = CoreAffinity.allowedCores
    for lane in 0..<count {
      let thread = Thread { [self] in
        if count > 1 && count <= cores.count { CoreAffinity.bind(to: [cores[lane]]) }
        serve(lane)
      }
      thread.name = "lane \(lane)"
      thread.stackSize = Self.stackBytes
      thread.start()
    }
  }

  private static let stackBytes = 8 << 20

  /// Runs `body(lane)` on every lane and returns when all are done.
  public func run(_ body: @escaping @Sendable (_ lane: Int) -> Void) {
    job.withLock { $0.body = body }
    for start in starts { start.signal() }
    for _ in starts { finished.wait() }
    job.withLock { $0.body = nil }
  }

  /// Ends the threads; the team cannot run again.
  public func dissolve() {
    job.withLock { $0.isOver = true }
    for start in starts { start.signal() }
  }

  private func serve(_ lane: Int) {
    starts[lane].wait()
    while runJob(lane) {
      finished.signal()
      starts[lane].wait()
    }
  }

  /// Runs the present job and lets go of it; false when the team is dissolved.
  ///
  /// A function of its own, so that nothing of a job is alive when the lane says that it has finished: buffers
  /// that the job holds would come back to their pool while the next job is already taking.
  @inline(never)
  private func runJob(_ lane: Int) -> Bool {
    let (body, isOver) = job.withLock { ($0.body, $0.isOver) }
    if isOver { return false }
    body?(lane)
    return true
  }

  /// The share of `total` items that `lane` of `lanes` takes: contiguous, sizes differing by one at most.
  public static func range(of lane: Int, lanes: Int, total: Int) -> Range<Int> {
    let size = total / lanes
    let extra = total % lanes
    let start = lane * size + min(lane, extra)
    return start..<start + size + (lane < extra ? 1 : 0)
  }
}
