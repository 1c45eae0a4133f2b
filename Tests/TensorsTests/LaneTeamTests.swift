import Synchronization
import Tensors
import Testing

@Suite("Lane team")
struct LaneTeamTests {
  @Test(arguments: [1, 2, 3, 64])
  func everyLaneRunsOnceEachTime(count: Int) {
    let team = LaneTeam(count: count)
    defer { team.dissolve() }
    let runs = Mutex([Int](repeating: 0, count: count))
    for _ in 0..<50 { team.run { lane in runs.withLock { $0[lane] += 1 } } }
    #expect(runs.withLock { $0 } == [Int](repeating: 50, count: count))
  }

  @Test func aRunEndsWhenAllLanesHave() {
    let team = LaneTeam(count: 3)
    defer { team.dissolve() }
    let results = Mutex([0, 0, 0])
    for round in 1...200 {
      team.run { lane in
        let sum = (0..<(lane + 1) * 500).reduce(0) { $0 &+ $1 % 7 }
        results.withLock { $0[lane] = sum >= 0 ? round : 0 }
      }
      #expect(results.withLock { $0 } == [round, round, round])
    }
  }

  @Test func theCallerIsLaneZero() async {
    let team = LaneTeam(count: 1)
    defer { team.dissolve() }
    let lanes = Mutex([Int]())
    team.run { lane in lanes.withLock { $0.append(lane) } }
    #expect(lanes.withLock { $0 } == [0])
  }

  private final class Captured: Sendable {}

  /// Else the buffers that a job read would come back to their pool while the next one is already taking.
  @Test func whatARunCapturedIsFreeWhenItEnds() {
    let team = LaneTeam(count: 4)
    defer { team.dissolve() }
    for _ in 0..<2_000 {
      weak var observed: Captured?
      do {
        let captured = Captured()
        observed = captured
        team.run { _ in _ = ObjectIdentifier(captured) }
      }
      #expect(observed == nil)
    }
  }

  @Test(arguments: [1, 2, 3, 7, 64], [0, 1, 5, 64, 1000])
  func rangesPartition(lanes: Int, total: Int) {
    let ranges = (0..<lanes).map { LaneTeam.range(of: $0, lanes: lanes, total: total) }
    #expect(ranges.flatMap { Array($0) } == Array(0..<total))
    let sizes = ranges.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
  }
}
