import Foundation

/// Where the lanes of one process meet inside a step.
///
/// A lane that comes early sleeps; the last one adds. Looking out for the last one for 5 to 150 µs before sleeping gained
/// nothing measurable on two free cores, and slowed steps where other processes wanted them.
public final class LaneMeeting: @unchecked Sendable {
  // All state is touched under the lock of `condition` alone.

  private let condition = NSCondition()
  private var parts: [[Double]]
  private var arrivals = 0
  private var meeting = 0
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

  private func sum(_ values: [Double], from rank: Int) -> [Double] {
    condition.lock()
    defer { condition.unlock() }
    parts[rank] = values
    arrivals += 1
    if arrivals < parts.count {
      let mine = meeting
      // Nobody can overwrite the sums before this lane comes to the next meeting.
      while meeting == mine { condition.wait() }
      return sums
    }
    sums = parts[0]
    for part in parts.dropFirst() {
      precondition(part.count == sums.count, "lanes brought \(part.count) and \(sums.count) values")
      for (index, value) in part.enumerated() { sums[index] += value }
    }
    arrivals = 0
    meeting += 1
    condition.broadcast()
    return sums
  }
}
