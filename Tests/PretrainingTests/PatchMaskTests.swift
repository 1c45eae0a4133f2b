import Pretraining
import Tensors
import Testing

@Suite("Patch masks")
struct PatchMaskTests {
  private func identity(_ indices: [Int], epoch: Int = 0, seed: UInt64 = 1) -> SampleIdentity {
    SampleIdentity(seed: seed, epoch: epoch, indices: indices)
  }

  @Test(arguments: [
    (196, 0.75, 49), (100, 0.9, 10), (16, 0.75, 4), (15, 0.75, 3), (64, 0.6, 25), (10, 0.3, 7),
    (49, 0.75, 12),
    (1000, 0.999, 1), (3, 0.34, 1), (4, 1, 0), (4, 0, 4),
  ])
  func keepsTheFloor(patchCount: Int, ratio: Double, keep: Int) {
    #expect(PatchMask.keep(patchCount: patchCount, ratio: ratio) == keep)
  }

  /// In whole numbers: ⌊L·(20 − k)/20⌋ at a ratio of k/20.
  @Test func keepsTheFloorOfEveryTwentieth() {
    for patchCount in 1...400 {
      for twentieths in 0...20 {
        let keep = PatchMask.keep(patchCount: patchCount, ratio: Double(twentieths) / 20)
        #expect(keep == patchCount * (20 - twentieths) / 20, "\(patchCount) patches, \(twentieths)/20")
      }
    }
  }

  @Test func theLowestNoiseStaysVisible() {
    let mask = PatchMask(noise: [0.3, 0.1, 0.9, 0.2, 0.5, 0.5, 0.0, 0.5], patchCount: 4, keep: 2)
    #expect(mask.visible == [1, 3, 2, 0])
    #expect(mask.masked == [0, 2, 1, 3])
  }

  @Test(arguments: [(16, 4), (100, 10), (15, 14), (196, 49)])
  func everySampleIsPartitioned(patchCount: Int, keep: Int) {
    let mask = PatchMask(for: identity(Array(0..<20)), patchCount: patchCount, keep: keep)
    let hidden = patchCount - keep
    #expect(mask.visible.count == 20 * keep && mask.masked.count == 20 * hidden)
    for sample in 0..<20 {
      let places =
        mask.visible[sample * keep..<(sample + 1) * keep]
        + mask.masked[sample * hidden..<(sample + 1) * hidden]
      #expect(places.sorted() == (0..<Int32(patchCount)).map { $0 })
    }
  }

  @Test func theMaskBelongsToTheSample() {
    func visible(_ identity: SampleIdentity) -> [Int32] {
      PatchMask(for: identity, patchCount: 64, keep: 16).visible
    }
    let both = visible(identity([7, 9]))
    #expect(visible(identity([9])) == Array(both[16...]))
    #expect(visible(identity([7])) != visible(identity([8])))
    #expect(visible(identity([7])) != visible(identity([7], epoch: 1)))
    #expect(visible(identity([7])) != visible(identity([7], seed: 2)))
  }

  /// Every patch is visible as often as any other, within five deviations.
  @Test func everyPlaceIsAsLikely() {
    let (samples, patchCount, keep) = (4_000, 16, 4)
    let mask = PatchMask(for: identity(Array(0..<samples)), patchCount: patchCount, keep: keep)
    let share = Double(keep) / Double(patchCount)
    let deviation = (Double(samples) * share * (1 - share)).squareRoot()
    for place in 0..<Int32(patchCount) {
      let count = mask.visible.count { $0 == place }
      #expect(abs(Double(count) - Double(samples) * share) <= 5 * deviation)
    }
  }
}
