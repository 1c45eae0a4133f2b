import Platform
import Tensors
import Testing

/// The streams of the samples of a batch.
@Suite("Sample identities")
struct SampleIdentityTests {
  @Test func aBatchDrawsBySampleNotByRow() {
    let identity = SampleIdentity(seed: 1, epoch: 2, indices: [8, 3])
    var row = identity.stream(.mask, row: 1, variant: 4)
    var direct = RandomStream(seed: 1, purpose: .mask, epoch: 2, sample: 3, variant: 4)
    #expect(row.next() == direct.next())
  }

  @Test func repetitionsOfASampleDrawAnew() {
    let identity = SampleIdentity(seed: 1, epoch: 2, indices: [8, 3, 3], repetitions: [0, 0, 1])
    let part = identity[1..<3]
    #expect(part.indices == [3, 3] && part.repetitions == [0, 1] && part.seed == 1 && part.epoch == 2)
    func draw(_ identity: SampleIdentity, _ row: Int) -> UInt64 {
      var stream = identity.stream(.mask, row: row, variant: 4)
      return stream.next()
    }
    #expect(draw(part, 0) == draw(identity, 1) && draw(part, 1) == draw(identity, 2))
    #expect(Set((0..<3).map { draw(identity, $0) }).count == 3)
    #expect(draw(SampleIdentity(seed: 1, epoch: 2, indices: [3]), 0) == draw(part, 0))
  }
}
