import Foundation
import Platform
import Testing

/// Philox 4×32-10 and what is drawn from it.
@Suite("Random streams")
struct RandomStreamTests {
  struct Known: Sendable {
    let counter: (UInt32, UInt32, UInt32, UInt32)
    let key: (UInt32, UInt32)
    let block: (UInt32, UInt32, UInt32, UInt32)
  }

  /// The known answers of the authors' Random123 library.
  @Test(arguments: [
    Known(
      counter: (0, 0, 0, 0), key: (0, 0), block: (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
    Known(
      counter: (.max, .max, .max, .max), key: (.max, .max),
      block: (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
    Known(
      counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0),
      block: (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)),
  ])
  func givesTheKnownAnswers(_ known: Known) {
    #expect(RandomStream.philox(known.counter, known.key) == known.block)
  }

  @Test func wordsComeInTheOrderOfTheBlock() {
    var stream = RandomStream(seed: 0x0123_4567_89ab_cdef, purpose: .mask, epoch: 7, sample: 5)
    let purpose = RandomStream.Purpose.mask.rawValue
    for counter in UInt32(0)..<3 {
      let block = RandomStream.philox((counter, 5, 7, purpose), (0x89ab_cdef, 0x0123_4567))
      let words = (stream.next32(), stream.next32(), stream.next32(), stream.next32())
      #expect(words == block)
    }
  }

  @Test func streamsOfDifferentKeysDiffer() {
    var streams: [RandomStream] = []
    for purpose: RandomStream.Purpose in [
      .initialValue, .order, .augmentation, .mask, .replacement, .dropPath, .synthetic, .split,
    ] {
      for seed in [0, 1, 1 << 32] as [UInt64] {
        for (epoch, sample, variant) in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)] {
          streams.append(
            RandomStream(seed: seed, purpose: purpose, epoch: epoch, sample: sample, variant: variant))
        }
      }
    }
    for name in ["a", "b", "blocks.0", "blocks.1"] {
      streams.append(RandomStream(seed: 0, purpose: .initialValue, name: name))
    }
    let starts = streams.indices.map { streams[$0].next() }
    #expect(Set(starts).count == streams.count)
  }

  @Test func theSameKeyGivesTheSameStream() {
    var a = RandomStream(seed: 3, purpose: .augmentation, epoch: 2, sample: 9)
    var b = RandomStream(seed: 3, purpose: .augmentation, epoch: 2, sample: 9)
    #expect((0..<100).allSatisfy { _ in a.next() == b.next() })
  }

  /// Bounds are five deviations of the estimate: the seed is fixed, so a pass stays a pass.
  @Test func uniformDrawsHaveTheirMoments() {
    var stream = RandomStream(seed: 1, purpose: .synthetic)
    let count = 400_000
    let draws = (0..<count).map { _ in stream.uniform() }
    #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
    let root = Double(count).squareRoot()
    let mean = draws.reduce(0, +) / Double(count)
    let variance = draws.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / Double(count)
    #expect(abs(mean - 0.5) <= 5 * (1 / 12.0).squareRoot() / root)
    #expect(abs(variance - 1 / 12.0) <= 5 * (1 / 180.0).squareRoot() / root)
    for tenth in 0..<10 {
      let share = Double(draws.count { Int($0 * 10) == tenth }) / Double(count)
      #expect(abs(share - 0.1) <= 5 * 0.3 / root)
    }
  }

  @Test func normalDrawsHaveTheirMoments() {
    var stream = RandomStream(seed: 2, purpose: .synthetic)
    let count = 400_000
    let draws = (0..<count).map { _ in stream.normal() }
    let root = Double(count).squareRoot()
    func moment(_ power: Int) -> Double { draws.reduce(0) { $0 + pow($1, Double(power)) } / Double(count) }
    #expect(abs(moment(1)) <= 5 / root)
    #expect(abs(moment(2) - 1) <= 5 * 2.0.squareRoot() / root)
    #expect(abs(moment(3)) <= 5 * 15.0.squareRoot() / root)
    #expect(abs(moment(4) - 3) <= 5 * 96.0.squareRoot() / root)
    let pairs = stride(from: 0, to: count, by: 2).reduce(0.0) { $0 + draws[$1] * draws[$1 + 1] }
    #expect(abs(pairs / Double(count / 2)) <= 5 / Double(count / 2).squareRoot())
  }

  @Test(arguments: [0, 1, 2, 3, 100, 1000])
  func permutationsArePermutations(count: Int) {
    var stream = RandomStream(seed: 4, purpose: .order)
    #expect(stream.permutation(count).sorted() == (0..<Int32(count)).map { $0 })
  }

  @Test func everyPermutationIsAsLikely() {
    var stream = RandomStream(seed: 5, purpose: .order)
    var counts: [[Int32]: Int] = [:]
    let count = 60_000
    for _ in 0..<count { counts[stream.permutation(3), default: 0] += 1 }
    #expect(counts.count == 6)
    let deviation = (Double(count) * 5 / 36).squareRoot()
    #expect(counts.values.allSatisfy { abs(Double($0) - Double(count) / 6) <= 5 * deviation })
  }
}
