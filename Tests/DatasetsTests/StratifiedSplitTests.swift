import Datasets
import Testing

@Suite struct StratifiedSplitTests {
  private let labels = [Int](repeating: 0, count: 100) + [Int](repeating: 1, count: 30) + [2, 3, 3]

  @Test func everyRowIsOnExactlyOneSide() {
    let split = StratifiedSplit(labels: labels, classCount: 4, share: 0.1, seed: 5)
    #expect((split.fit + split.heldOut).sorted() == Array(labels.indices))
    #expect(split.fit == split.fit.sorted())
  }

  @Test func everyClassGivesItsShare() {
    let split = StratifiedSplit(labels: labels, classCount: 4, share: 0.1, seed: 5)
    let heldOut = (0..<4).map { label in split.heldOut.count { labels[$0] == label } }
    #expect(heldOut == [10, 3, 0, 1])
  }

  @Test func theLimitKeepsSharesAndClasses() {
    let split = StratifiedSplit(labels: labels, classCount: 4, share: 0.1, fitLimit: 60, seed: 5)
    let kept = (0..<4).map { label in split.fit.count { labels[$0] == label } }
    #expect(kept == [45, 14, 1, 1])
    #expect(split.heldOut.count == 14)
    #expect(Set(split.fit).isDisjoint(with: split.heldOut))
  }

  @Test func seedsDecide() {
    let first = StratifiedSplit(labels: labels, classCount: 4, share: 0.1, seed: 5)
    #expect(StratifiedSplit(labels: labels, classCount: 4, share: 0.1, seed: 5).heldOut == first.heldOut)
    #expect(StratifiedSplit(labels: labels, classCount: 4, share: 0.1, seed: 6).heldOut != first.heldOut)
  }
}
