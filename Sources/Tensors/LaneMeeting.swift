import Foundation

/// Where the lanes of one process meet inside a step.
///
/// A lane that comes early sleeps. Looking out for the last one for 5 to 150 µs before sleeping gained nothing measurable
/// on two free cores, and slowed steps where other processes wanted them.
public final class LaneMeeting: @unchecked Sendable {
  // All state is touched under the lock of `condition` alone.

  /// What a lane brings to a meeting; arrays are shared, not copied.
  private enum Contribution {
    case sums([Double])
    case rows([Scalar])
    case parts([[Scalar]])
  }

  private let condition = NSCondition()
  private var waiting: [Contribution?]
  private var arrivals = 0
  private var meeting = 0
  private var brought: [Contribution] = []

  private init(count: Int) { waiting = Array(repeating: nil, count: count) }

  /// The places of `count` lanes at a new meeting; the first leads.
  public static func places(_ count: Int) -> [any Collective] {
    let meeting = LaneMeeting(count: count)
    return (0..<count).map { Place(meeting: meeting, rank: $0) }
  }

  private struct Place: Collective {
    let meeting: LaneMeeting
    let rank: Int

    func sum(_ values: inout [Double]) {
      values = added(
        meeting.meet(.sums(values), from: rank).map { part in
          guard case .sums(let values) = part else { preconditionFailure("lanes meet for different things") }
          return values
        })
    }

    func gather(_ values: [Scalar]) -> [[Scalar]] {
      meeting.meet(.rows(values), from: rank).map { part in
        guard case .rows(let values) = part else { preconditionFailure("lanes meet for different things") }
        return values
      }
    }

    func scatterSum(_ parts: [[Scalar]]) -> [Scalar] {
      added(
        meeting.meet(.parts(parts), from: rank).map { part in
          guard case .parts(let parts) = part else { preconditionFailure("lanes meet for different things") }
          return parts[rank]
        })
    }

    /// Every lane adds for itself, in the same order.
    private func added<Number: Numeric>(_ parts: [[Number]]) -> [Number] {
      var sums = parts[0]
      for part in parts.dropFirst() {
        precondition(part.count == sums.count, "lanes brought \(part.count) and \(sums.count) values")
        for index in sums.indices { sums[index] += part[index] }
      }
      return sums
    }
  }

  private func meet(_ contribution: Contribution, from rank: Int) -> [Contribution] {
    condition.lock()
    defer { condition.unlock() }
    waiting[rank] = contribution
    arrivals += 1
    if arrivals < waiting.count {
      let mine = meeting
      // Nobody can replace what was brought before this lane comes to the next meeting.
      while meeting == mine { condition.wait() }
      return brought
    }
    brought = waiting.compactMap { $0 }
    for lane in waiting.indices { waiting[lane] = nil }
    arrivals = 0
    meeting += 1
    condition.broadcast()
    return brought
  }
}
