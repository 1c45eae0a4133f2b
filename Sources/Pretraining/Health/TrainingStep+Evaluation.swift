import Synchronization
import Tensors

extension TrainingStep {
  /// Shares items over the lanes, between two steps: `body` gets a lane's range and a tape that evaluates in the lane's
  /// memory. Returns what it yields in the order of the items.
  func evaluating(
    _ count: Int, _ progress: TrainingProgress,
    _ body: @escaping @Sendable (_ items: Range<Int>, _ tape: Tape) -> [Double]
  ) -> [Double] {
    let parts = Mutex([[Double]](repeating: [], count: team.count))
    team.run { [self] lane in
      let range = LaneTeam.range(of: lane, lanes: team.count, total: count)
      guard !range.isEmpty else { return }
      let tape = Tape(PassContext(.evaluating, progress: progress), pool: lanes[lane].pool)
      let part = body(range, tape)
      parts.withLock { $0[lane] = part }
    }
    return parts.withLock { $0.flatMap { $0 } }
  }
}
