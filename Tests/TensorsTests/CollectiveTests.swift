import Synchronization
import Tensors
import Testing

@Suite("Collectives of lanes")
struct CollectiveTests {
  @Test(arguments: [1, 2, 3, 16])
  func allLanesGetTheSameSums(count: Int) {
    let team = LaneTeam(count: count)
    defer { team.dissolve() }
    let collectives = SharedMemoryGroup().collectives(count)
    let results = Mutex([[Double]](repeating: [], count: count))
    team.run { lane in
      var seen: [Double] = []
      for round in 1...300 {
        var values = [Double(lane + 1), Double(round) * 0.1 * Double(lane)]
        collectives[lane].allReduce(&values)
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

  /// Lanes bring different numbers of rows; the gradient of a lane's rows is what all lanes make of them.
  @Test(arguments: [1, 2, 3, 5])
  func rowsOfAllLanesAreSeenByAll(count: Int) {
    let team = LaneTeam(count: count)
    defer { team.dissolve() }
    let collectives = SharedMemoryGroup().collectives(count)
    let results = Mutex([(rows: [Scalar], first: Int, gradient: [Scalar])?](repeating: nil, count: count))
    team.run { lane in
      let tape = Tape(PassContext(.training, collective: collectives[lane]))
      for _ in 0..<20 {
        let own = tape.variable(Tensor(shape: [lane + 1, 2], repeating: Scalar(lane + 1)))
        let (rows, first) = tape.gatheringBatch(own)
        // Lane i hands back i + 1 times the number of the row.
        let gradient = Tensor(
          shape: rows.shape, values: (0..<rows.count).map { Scalar((lane + 1) * ($0 / 2)) })
        tape.backward(from: rows, gradient: gradient)
        let found = tape.gradient(of: own)?.values ?? []
        results.withLock { $0[lane] = (rows.values, first, found) }
      }
    }
    let all = (0..<count).flatMap { lane in [Scalar](repeating: Scalar(lane + 1), count: 2 * (lane + 1)) }
    let factor = count * (count + 1) / 2
    for (lane, result) in results.withLock({ $0 }).enumerated() {
      let first = lane * (lane + 1) / 2
      #expect(result?.rows == all && result?.first == first)
      #expect(result?.gradient == (0..<2 * (lane + 1)).map { Scalar(factor * (first + $0 / 2)) })
    }
  }

  @Test func oneLaneLeads() {
    #expect(SharedMemoryGroup().collectives(3).map(\.isLeader) == [true, false, false])
    #expect(SharedMemoryGroup().collectives(0).isEmpty)
  }

  @Test func buffersAreWrittenByOneLaneInTraining() {
    let collectives = SharedMemoryGroup().collectives(2)
    func writes(_ collective: (any Collective)?) -> Bool {
      Tape(PassContext(.training, collective: collective)).writesBuffers
    }
    #expect(writes(nil) && writes(collectives[0]) && !writes(collectives[1]))
    #expect(!Tape(.training, recordsGradients: false).writesBuffers)
    #expect(!Tape(.evaluating).writesBuffers)
  }
}
