import Foundation
import Synchronization

/// Where the lanes of one process meet inside a step.
///
/// A lane that comes early waits; the last one adds. Waiting costs tens of microseconds a meeting.
public final class LaneMeeting: @unchecked Sendable {
  // All state is touched under the lock of `condition` alone.

  private let condition = NSCondition()
  private var parts: [[Double]]
  private var arrivals = 0
  private let meeting = Atomic(0)
  private var sums: [Double] = []

  private init(count: Int) { parts = Array(repeating: [], count: count) }

  /// The places of `count` lanes at a new meeting; the first leads.
  public static func places(_ count: Int) -> [any Collective] {
    let meeting = LaneMeeting(count: count)
    return (0..<count).map { Place(meeting: meeting, rank: $0) }
  }

  private struct Place: Collective {
    let meeting: LaneMeeting
    let rank: Int

    var isLeader: Bool { rank == 0 }

    func sum(_ values: inout [Double]) { values = meeting.sum(values, from: rank) }
  }

  static let spin = UInt64(ProcessInfo.processInfo.environment["VITRAIL_SPIN"] ?? "0")!

  private func sum(_ values: [Double], from rank: Int) -> [Double] {
    condition.lock()
    defer { condition.unlock() }
    let mine = meeting.load(ordering: .relaxed)
    parts[rank] = values
    arrivals += 1
    guard arrivals == parts.count else {
      condition.unlock()
      watch(mine)
      condition.lock()
      // Nobody can overwrite the sums before this lane comes to the next meeting.
      while meeting.load(ordering: .relaxed) == mine { condition.wait() }
      return sums
    }
    sums = parts[0]
    for part in parts.dropFirst() {
      precondition(part.count == sums.count, "lanes brought \(part.count) and \(sums.count) values")
      for (index, value) in part.enumerated() { sums[index] += value }
    }
    arrivals = 0
    meeting.store(mine + 1, ordering: .releasing)
    condition.broadcast()
    return sums
  }

  /// Looks for the end of meeting `mine` for a while, since to sleep and be woken takes as long as most lanes are late.
  private func watch(_ mine: Int) {
    let end = DispatchTime.now().uptimeNanoseconds + Self.spin
    while meeting.load(ordering: .acquiring) == mine && DispatchTime.now().uptimeNanoseconds < end {}
  }
}
