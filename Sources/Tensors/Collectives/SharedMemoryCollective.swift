import Foundation

/// A participant among the lanes of one process.
struct SharedMemoryCollective: Collective {
  private let rendezvous: Rendezvous
  let rank: Int

  /// The collectives of `count` lanes.
  static func group(of count: Int) -> [any Collective] {
    let rendezvous = Rendezvous(count: count)
    return (0..<count).map { SharedMemoryCollective(rendezvous: rendezvous, rank: $0) }
  }

  var count: Int { rendezvous.count }

  func allReduce(_ values: inout [Double]) {
    values = added(
      rendezvous.exchange(.sums(values), from: rank).map { part in
        guard case .sums(let values) = part else { preconditionFailure(Self.mismatch) }
        return values
      })
  }

  func allGather(_ values: [Scalar]) -> [[Scalar]] {
    rendezvous.exchange(.rows(values), from: rank).map { part in
      guard case .rows(let values) = part else { preconditionFailure(Self.mismatch) }
      return values
    }
  }

  func reduceScatter(_ parts: [[Scalar]]) -> [Scalar] {
    precondition(parts.count == count, "reduceScatter: \(parts.count) parts for \(count) ranks")
    return added(
      rendezvous.exchange(.parts(parts), from: rank).map { part in
        guard case .parts(let parts) = part else { preconditionFailure(Self.mismatch) }
        return parts[rank]
      })
  }

  private static let mismatch = "ranks called different collectives"

  /// Every lane adds for itself, in the same order.
  private func added<Number: Numeric>(_ parts: [[Number]]) -> [Number] {
    var sums = parts[0]
    for part in parts.dropFirst() {
      precondition(part.count == sums.count, "ranks contributed \(part.count) and \(sums.count) values")
      for index in sums.indices { sums[index] += part[index] }
    }
    return sums
  }
}

/// Where lanes wait until all of them have contributed.
///
/// A lane that comes early sleeps. Looking out for the last one for 5 to 150 µs before sleeping gained nothing measurable
/// on two free cores, and slowed steps where other processes wanted them.
private final class Rendezvous: @unchecked Sendable {
  // All variables are touched under the lock of `condition` alone.

  /// What a lane contributes; arrays are shared, not copied.
  enum Contribution {
    case sums([Double])
    case rows([Scalar])
    case parts([[Scalar]])
  }

  let count: Int
  private let condition = NSCondition()
  private var waiting: [Contribution?]
  private var arrivals = 0
  private var round = 0
  private var contributed: [Contribution] = []

  init(count: Int) {
    self.count = count
    waiting = Array(repeating: nil, count: count)
  }

  /// The contributions of all lanes in the order of the ranks.
  func exchange(_ contribution: Contribution, from rank: Int) -> [Contribution] {
    condition.lock()
    defer { condition.unlock() }
    waiting[rank] = contribution
    arrivals += 1
    if arrivals < count {
      let mine = round
      // Nobody can replace what was contributed before this lane comes to the next round.
      while round == mine { condition.wait() }
      return contributed
    }
    contributed = waiting.compactMap { $0 }
    for lane in waiting.indices { waiting[lane] = nil }
    arrivals = 0
    round += 1
    condition.broadcast()
    return contributed
  }
}
