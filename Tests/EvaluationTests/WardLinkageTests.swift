import Evaluation
import Testing

@Suite struct WardLinkageTests {
  @Test func agreesWithScipy() throws {
    let golden = try ScoresGolden.load()
    let linkage = WardLinkage(values: golden.blobs.values, width: golden.blobs.width)
    // Squares of distances come from Float32 products of rows of length up to 9, so they are off by 3·9²·2⁻²⁴ = 1.45e-5
    // at most, and the least distance, 0.49, by that over twice itself.
    #expect(largestDifference(linkage.merges.map(\.height), golden.ward.heights) <= 1.5e-5)
    for cut in golden.ward.cuts {
      #expect(linkage.clusters(cut.count) == firstSeen(cut.clusters), "\(cut.count) clusters")
    }
  }

  @Test func cutsAreNested() throws {
    let features = try clusters(count: 150, width: 4, classes: 5, seed: 2)
    let linkage = WardLinkage(values: features.values, width: 4)
    for count in 2..<150 {
      let (fine, coarse) = (linkage.clusters(count), linkage.clusters(count - 1))
      #expect(Set(fine).count == count)
      #expect(Set(zip(fine, coarse).map { $0 * 1000 + $1 }).count == count)
    }
  }

  @Test func equalRowsAndSingleRowsAreClustered() {
    let twins = WardLinkage(values: [1, 1, 4, 4, 1, 1, 4, 4], width: 2)
    #expect(twins.clusters(2) == [0, 1, 0, 1])
    #expect(twins.merges.map(\.height).prefix(2) == [0, 0])
    #expect(WardLinkage(values: [7, 7], width: 2).clusters(1) == [0])
    let huge = WardLinkage(values: [3e38, -3e38, 3e38, 0], width: 1)
    #expect(Set(huge.clusters(4)).count == 4)
  }

  @Test func threadsDoNotMatter() throws {
    let features = try clusters(count: 400, width: 4, classes: 5, seed: 2)
    let one = WardLinkage(values: features.values, width: 4, threads: 1)
    #expect(one.merges == WardLinkage(values: features.values, width: 4, threads: 5).merges)
  }
}
