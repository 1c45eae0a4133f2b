import Synchronization
import Tensors
import Testing

@Suite("Meetings of lanes")
struct LaneMeetingTests {
  @Test(arguments: [1, 2, 3, 16])
  func allLanesGetTheSameSums(count: Int) {
    let team = LaneTeam(count: count)
    defer { team.dissolve() }
    let places = LaneMeeting.places(count)
    let results = Mutex([[Double]](repeating: [], count: count))
    team.run { lane in
      var seen: [Double] = []
      for round in 1...300 {
        var values = [Double(lane + 1), Double(round) * 0.1 * Double(lane)]
        places[lane].sum(&values)
        seen += values
      }
      results.withLock { $0[lane] = seen }
    }
    // Added in the order of the lanes, whoever came first.
    var wanted: [Double] = []
    for round in 1...300 {
      var (first, second) = (0.0, 0.0)
      for lane in 0..<count {
        first += Double(lane + 1)
        second += Double(round) * 0.1 * Double(lane)
      }
      wanted += [first, second]
    }
    #expect(results.withLock { $0 }.allSatisfy { $0 == wanted })
  }

  @Test func oneLaneLeads() {
    #expect(LaneMeeting.places(3).map(\.isLeader) == [true, false, false])
    #expect(LaneMeeting.places(0).isEmpty)
  }

  @Test func buffersAreWrittenByOneLaneInTraining() {
    let places = LaneMeeting.places(2)
    func writes(_ tape: Tape, _ place: (any Collective)?) -> Bool {
      tape.collective = place
      return tape.writesBuffers
    }
    #expect(writes(Tape(mode: .training), nil))
    #expect(writes(Tape(mode: .training), places[0]))
    #expect(!writes(Tape(mode: .training), places[1]))
    #expect(!writes(Tape(mode: .training, recordsGradients: false), nil))
    #expect(!writes(Tape(mode: .evaluating), nil))
  }
}
