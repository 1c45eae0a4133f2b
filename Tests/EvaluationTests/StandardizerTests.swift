import Evaluation
import Testing

@Suite struct StandardizerTests {
  @Test func agreesWithScikitLearn() throws {
    let golden = try Golden.load()
    let standardizer = golden.standardizer
    let scale = golden.means.map { abs($0) }.max() ?? 1
    // Float32 keeps 24 bits: 6e-8 of the largest mean.
    #expect(largestDifference(standardizer.means.map(Double.init), golden.means) <= 6e-8 * scale)
    let values = standardizer.apply(to: Array(golden.train[..<(3 * golden.width)]))
    // Centring values of up to 30 with deviations down to 0.1 costs 3e-8·30/0.1.
    #expect(largestDifference(values.map(Double.init), golden.standardized) <= 1e-5)
  }

  @Test func constantFeaturesBecomeZero() {
    let values: [Float] = [0.1, 1e6, 0, 1, 0.1, 1e6 + 0.25, 0, 2, 0.1, 1e6, 0, 3]
    let standardizer = Standardizer(values: values, count: 3, width: 4)
    #expect(standardizer.inverseDeviations.prefix(3).allSatisfy { $0 == 0 })
    #expect(standardizer.apply(to: [9, 9, 9, 2]) == [0, 0, 0, 0])
    #expect(standardizer.inverseDeviations[3] > 1)
  }

  @Test func threadsDoNotMatter() throws {
    let features = try clusters(count: 5000, width: 7, classes: 3, seed: 4)
    let one = Standardizer(values: features.values, count: 5000, width: 7, threads: 1)
    let many = Standardizer(values: features.values, count: 5000, width: 7, threads: 5)
    #expect(one.means == many.means)
    #expect(one.inverseDeviations == many.inverseDeviations)
  }
}
