import Datasets
import Testing

struct EpochSamplerTests {
  @Test func everyEpochIsAPermutationOfItsOwn() {
    let sampler = EpochSampler(seed: 5, count: 23, batchSize: 4)
    #expect(sampler.stepsPerEpoch == 5)
    var orders: [[Int]] = []
    for epoch in 0..<4 {
      var order: [Int] = []
      for step in 0..<5 {
        let (found, samples) = sampler.batch(epoch * 5 + step)
        #expect(found == epoch && samples.count == 4)
        order += samples
      }
      #expect(Set(order).count == 20 && order.allSatisfy { (0..<23).contains($0) })
      orders.append(order)
    }
    #expect(Set(orders).count == 4)
    #expect(
      Set((0..<6).flatMap { EpochSampler(seed: 5, count: 24, batchSize: 4).batch($0).sampleIndices }).count
        == 24)
  }

  @Test func isAFunctionOfTheStep() {
    let steps = [0, 17, 3, 99, 4, 0, 18, 100_000, 5]
    let one = EpochSampler(seed: 8, count: 19, batchSize: 6)
    for step in steps {
      let fresh = EpochSampler(seed: 8, count: 19, batchSize: 6).batch(step)
      #expect(one.batch(step) == fresh)
    }
    #expect(
      one.batch(0).sampleIndices != EpochSampler(seed: 9, count: 19, batchSize: 6).batch(0).sampleIndices)
  }

  @Test func aSmallSetFillsOneBatchAnEpoch() {
    let sampler = EpochSampler(seed: 1, count: 3, batchSize: 8)
    #expect(sampler.stepsPerEpoch == 1)
    for step in 0..<5 {
      let (epoch, samples) = sampler.batch(step)
      #expect(epoch == step && samples.count == 8)
      #expect(
        Set(samples) == [0, 1, 2] && samples[..<3] == samples[3..<6] && samples[..<2] == samples[6..<8])
    }
  }
}
