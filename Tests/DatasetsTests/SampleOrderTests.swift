import Datasets
import Foundation
import Platform
import Tensors
import Testing

struct SampleOrderTests {
  /// 50 shards of 800 to 1200 images.
  private static let shards: [Range<Int>] = (0..<50).reduce(into: []) { shards, number in
    let start = shards.last?.upperBound ?? 0
    shards.append(start..<start + 800 + number * 37 % 401)
  }
  private static let count = shards[49].upperBound

  private static func part(_ samples: Range<Int>, _ weight: Double, _ order: SampleOrder = .uniform)
    -> SampleOrder.Part
  {
    SampleOrder.Part(samples: samples, weight: weight, order: order)
  }

  private func epoch(_ sampler: EpochSampler, _ epoch: Int) -> [Int] {
    (epoch * sampler.stepsPerEpoch..<(epoch + 1) * sampler.stepsPerEpoch).flatMap {
      sampler.batch($0).sampleIndices
    }
  }

  /// The order that every version before orders had: a permutation drawn from the epoch's own stream.
  @Test func theUniformOrderIsThatOfTheEpochsStream() {
    let sampler = EpochSampler(seed: 7, count: 1000, batchSize: 10)
    for number in [0, 1, 5] {
      var stream = RandomStream(seed: 7, purpose: .order, epoch: number)
      #expect(epoch(sampler, number) == stream.permutation(1000).map(Int.init))
    }
    #expect((0..<300).allSatisfy { sampler.repetitions($0).allSatisfy { $0 == 0 } })
  }

  @Test func shardsGiveEveryImageOnceAnEpoch() {
    let order = SampleOrder.shards(Self.shards, buffer: 1000)
    let sampler = EpochSampler(seed: 3, order: order, count: Self.count, batchSize: 1)
    let epochs = (0..<3).map { epoch(sampler, $0) }
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<Self.count)) }
    #expect(Set(epochs).count == 3)
    for (count, buffer) in [(3, 1000), (1, 1), (40, 1), (40, 7)] {
      let small = EpochSampler(
        seed: 3, order: .shards([0..<count], buffer: buffer), count: count, batchSize: 1)
      #expect(epoch(small, 0).sorted() == Array(0..<count))
    }
  }

  /// An image waits for a time that is exponential with the buffer's size as its mean; two such times differ by the
  /// same mean. 50,000 draws know it to well within a tenth.
  @Test func shardsAreReadForwardsAndMixedWell() {
    let buffer = 1000
    let sampler = EpochSampler(
      seed: 3, order: .shards(Self.shards, buffer: buffer), count: Self.count, batchSize: 1)
    let draws = epoch(sampler, 0)
    // Where each image lies in the order of reading: shards by the first draw of any of theirs would be blurred by the
    // buffer, so by their mean draw.
    let means = Self.shards.map { shard in
      Double(draws.indices.reduce(0) { $0 + (shard.contains(draws[$1]) ? $1 : 0) }) / Double(shard.count)
    }
    let taken = Self.shards.indices.sorted { means[$0] < means[$1] }
    #expect(taken != Array(Self.shards.indices))
    var place = [Int](repeating: 0, count: Self.count)
    for (position, sample) in taken.flatMap({ Array(Self.shards[$0]) }).enumerated() {
      place[sample] = position
    }
    let reads = draws.map { place[$0] }
    #expect(zip(reads, reads.indices).allSatisfy { $0 <= $1 + buffer }, "nothing is read further ahead")
    let jumps = zip(reads, reads.dropFirst()).map { abs($0 - $1) }
    let mean = Double(jumps.reduce(0, +)) / Double(jumps.count)
    #expect(mean >= 0.9 * Double(buffer) && mean <= 1.1 * Double(buffer))
    let neighbours = Double(jumps.count { $0 <= 1 }) / Double(jumps.count)
    #expect(neighbours <= 0.003, "neighbours in a shard are drawn apart")
    let lag = zip(reads, reads.indices).map { Double($0 - $1) }
    #expect(lag.reduce(0, +) / Double(lag.count) <= Double(buffer))
  }

  @Test(arguments: [
    SampleOrder.shards(shards, buffer: 100),
    .mixture([
      part(0..<10_000, 3, .shards([0..<4000, 4000..<10_000], buffer: 50)), part(10_000..<count, 1),
    ]),
  ])
  func isAFunctionOfTheStep(order: SampleOrder) {
    let one = EpochSampler(seed: 8, order: order, count: Self.count, batchSize: 512)
    for step in [0, 17, 96, 99, 4, 97, 100_000, 5] {
      let fresh = EpochSampler(seed: 8, order: order, count: Self.count, batchSize: 512)
      #expect(one.batch(step) == fresh.batch(step) && one.repetitions(step) == fresh.repetitions(step))
    }
    let other = EpochSampler(seed: 9, order: order, count: Self.count, batchSize: 512)
    #expect(one.batch(0).sampleIndices != other.batch(0).sampleIndices)
  }

  /// 40 + 160 images by 3 : 1: an epoch of 200 has 150 and 50 of them.
  @Test func mixturesDrawByWeightAndPassByPass() {
    let order = SampleOrder.mixture([
      Self.part(0..<40, 3), Self.part(40..<200, 1, .shards([0..<90, 90..<160], buffer: 5)),
    ])
    let sampler = EpochSampler(seed: 1, order: order, count: 200, batchSize: 20)
    let epochs = (0..<16).map { epoch(sampler, $0) }
    for epoch in epochs { #expect(epoch.count { $0 < 40 } == 150 && epoch.count == 200) }
    let draws = epochs.flatMap { $0 }
    for (range, passes) in [(0..<40, 60), (40..<200, 5)] {
      let own = draws.filter(range.contains)
      #expect(own.count == passes * range.count)
      let cut = stride(from: 0, to: own.count, by: range.count).map { Array(own[$0..<$0 + range.count]) }
      for pass in cut { #expect(pass.sorted() == Array(range)) }
      #expect(Set(cut).count == passes, "every pass has an order of its own")
    }
    // Any stretch of an epoch is mixed: in 20 draws there are 15 ± 1.94 of the first set.
    #expect(stride(from: 0, to: 3200, by: 20).allSatisfy { draws[$0..<$0 + 20].count { $0 < 40 } >= 5 })
  }

  /// Whoever draws by (epoch, sample, repetition) never draws the same twice.
  @Test func repetitionsTellOccurrencesApart() {
    let mixture = SampleOrder.mixture([Self.part(0..<7, 5), Self.part(7..<100, 1)])
    for (order, count, batchSize) in [(mixture, 100, 10), (mixture, 100, 250), (.uniform, 3, 8)] {
      let sampler = EpochSampler(seed: 1, order: order, count: count, batchSize: batchSize)
      for epoch in 0..<5 {
        var seen: Set<[Int]> = []
        for step in epoch * sampler.stepsPerEpoch..<(epoch + 1) * sampler.stepsPerEpoch {
          for pair in zip(sampler.batch(step).sampleIndices, sampler.repetitions(step)) {
            #expect(seen.insert([pair.0, pair.1]).inserted)
          }
        }
      }
    }
  }

  @Test func equalWeightsAnImageGiveEachImageOnce() {
    let order = SampleOrder.mixture([Self.part(0..<30, 30), Self.part(30..<100, 70)])
    let sampler = EpochSampler(seed: 1, order: order, count: 100, batchSize: 10)
    for number in 0..<4 { #expect(epoch(sampler, number).sorted() == Array(0..<100)) }
  }

  @Test func theBufferCanBeChosen() {
    let order = SampleOrder.mixture([Self.part(0..<9, 1, .shards([0..<9], buffer: 4)), Self.part(9..<10, 1)])
    let wanted = SampleOrder.mixture([Self.part(0..<9, 1, .shards([0..<9], buffer: 2)), Self.part(9..<10, 1)])
    #expect(order.buffered(2) == wanted && SampleOrder.uniform.buffered(3) == .uniform)
  }
}
