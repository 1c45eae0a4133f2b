import Foundation
import Imaging
import Platform
import Testing

struct CropTests {
  /// torchvision computes the ratio in Float32; over these draws rounding sides hides that.
  @Test func equalsTorchvisionOnTheSameUniforms() throws {
    var generator = SplitMix64(seed: 2024)
    let rows: [[Double]] = try Golden.decoded("crops.json")
    #expect(rows.count == 288)
    for row in rows {
      let rule = RandomResizedCrop(scale: row[2]...row[3], ratio: row[4]...row[5])
      let crop = rule.sample(width: Int(row[0]), height: Int(row[1]), using: &generator)
      let expected = CropRectangle(
        left: Int(row[6]), top: Int(row[7]), width: Int(row[8]), height: Int(row[9]))
      #expect(crop == expected, "\(row)")
    }
  }

  /// The rule in plain Python; see `Scripts/golden/one_shot_crops.py`.
  @Test func oneShotTakesTheFirstTry() throws {
    var generator = SplitMix64(seed: 2025)
    let rows: [[Double]] = try Golden.decoded("crops-one-shot.json")
    #expect(rows.count == 324)
    for row in rows {
      let rule = RandomResizedCrop(scale: row[2]...row[3], ratio: row[4]...row[5], oneShot: true)
      let crop = rule.sample(width: Int(row[0]), height: Int(row[1]), using: &generator)
      let expected = CropRectangle(
        left: Int(row[6]), top: Int(row[7]), width: Int(row[8]), height: Int(row[9]))
      #expect(crop == expected, "\(row)")
    }
    // Where the first try fits, both rules take it.
    var (one, other) = (SplitMix64(seed: 4), SplitMix64(seed: 4))
    let (small, shot) = (
      RandomResizedCrop(scale: 0.1...0.3), RandomResizedCrop(scale: 0.1...0.3, oneShot: true)
    )
    for _ in 0..<50 {
      #expect(
        small.sample(width: 60, height: 50, using: &one) == shot.sample(width: 60, height: 50, using: &other))
    }
    let made = try Augmentations.all.select(
      Choice("randomResizedCrop", options: ["oneShot": .bool(true)]), at: "augmentations"
    ).make()
    #expect((made as? RandomResizedCrop)?.oneShot == true)
  }

  @Test func areaAndRatioStayInRange() {
    let rule = RandomResizedCrop()
    var generator = SplitMix64(seed: 5)
    let (width, height) = (500, 375)
    var smallest = 1.0
    var largest = 0.0
    var lefts: Set<Int> = []
    for _ in 0..<5000 {
      let crop = rule.sample(width: width, height: height, using: &generator)
      #expect(crop.isInside(width: width, height: height))
      // Rounding moves a side by half a pixel at most.
      let low = Double(crop.width - 1) * Double(crop.height - 1)
      let high = Double(crop.width + 1) * Double(crop.height + 1)
      #expect(high >= 0.08 * 187_500 && low <= 187_500)
      #expect(Double(crop.width) + 0.5 >= 0.75 * (Double(crop.height) - 0.5))
      #expect(Double(crop.width) - 0.5 <= 4 / 3 * (Double(crop.height) + 0.5))
      let share = Double(crop.width * crop.height) / 187_500
      smallest = min(smallest, share)
      largest = max(largest, share)
      lefts.insert(crop.left)
    }
    #expect(smallest < 0.085 && largest > 0.95 && lefts.count > 200)
  }

  /// Images too long for any try give the largest centred crop within the ratio range.
  @Test func fallbackIsExact() {
    var generator = SplitMix64(seed: 6)
    let rule = RandomResizedCrop(scale: 0.9...1)
    #expect(
      rule.sample(width: 1000, height: 10, using: &generator)
        == CropRectangle(left: 493, top: 0, width: 13, height: 10))
    #expect(
      rule.sample(width: 10, height: 1000, using: &generator)
        == CropRectangle(left: 0, top: 493, width: 10, height: 13))
    let square = RandomResizedCrop(scale: 1...1, ratio: 1.1...1.2)
    #expect(
      square.sample(width: 115, height: 100, using: &generator)
        .isInside(width: 115, height: 100))
    #expect(
      RandomResizedCrop(scale: 2...3, ratio: 0.5...2).sample(width: 30, height: 20, using: &generator)
        == CropRectangle(left: 0, top: 0, width: 30, height: 20))
  }

  @Test func centredOffsetsRoundHalfToEven() {
    #expect(
      CropRectangle.centered(width: 224, height: 224, inWidth: 341, height: 256)
        == CropRectangle(left: 58, top: 16, width: 224, height: 224))
    #expect(CropRectangle.centered(width: 4, height: 4, inWidth: 5, height: 7).left == 0)
    #expect(CropRectangle.centered(width: 4, height: 4, inWidth: 5, height: 7).top == 2)
  }

  @Test func indicesAreUniform() {
    var generator = SplitMix64(seed: 7)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[generator.uniformIndex(below: 6)] += 1 }
    // Five standard deviations of a binomial count around 10,000.
    #expect(counts.allSatisfy { abs($0 - 10_000) <= 457 })
    let uniforms = (0..<10_000).map { _ in generator.uniform() }
    #expect(uniforms.allSatisfy { 0 <= $0 && $0 < 1 })
    let mean: Double = uniforms.reduce(0, +) / 10_000
    // Five standard errors, √(1/12)/100 each.
    #expect(abs(mean - 0.5) <= 0.0145)
  }
}
