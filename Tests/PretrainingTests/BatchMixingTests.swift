import Foundation
import Imaging
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing

/// What is drawn for a batch, and what becomes of its samples.
@Suite("Mixup and cutmix")
struct BatchMixingTests {
  private struct Box: Decodable {
    let height, width, row, column: Int
    let share, corrected: Double
    let box: CropRectangle
  }

  @Test func boxesAreThoseOfTimm() throws {
    let boxes = try JSONDecoder().decode(
      [Box].self, from: Data(contentsOf: GoldenFile.url("cutmix_boxes.json", in: .module)))
    #expect(boxes.count == 45)
    for golden in boxes {
      let found = BatchMixing.cut(
        share: golden.share, row: golden.row, column: golden.column, height: golden.height,
        width: golden.width)
      #expect(found.box == golden.box)
      #expect(abs(found.share - golden.corrected) <= 1e-12)
    }
  }

  private func draws(_ chances: BatchMixing.Chances, count: Int = 4000) -> [BatchMixing?] {
    (0..<count).map { step in
      var random = RandomStream(seed: 1, purpose: .mixing, sample: step)
      return BatchMixing(chances, height: 12, width: 20, using: &random)
    }
  }

  /// Four standard errors of a share of 4000 draws are at most 0.032.
  @Test func eachIsDrawnAsOftenAsItShould() {
    let found = draws(.init(mixup: 0.8, cutmix: 1, switchProbability: 0.3, probability: 0.7))
    let mixed = found.compactMap(\.self)
    #expect(abs(Double(mixed.count) / 4000 - 0.7) <= 0.032)
    #expect(abs(Double(mixed.count { $0.box != nil }) / Double(mixed.count) - 0.3) <= 0.04)
    #expect(mixed.allSatisfy { (0...1).contains($0.share) })
    #expect(
      abs(
        mixed.filter { $0.box == nil }.reduce(0) { $0 + $1.share } / Double(mixed.count { $0.box == nil })
          - 0.5) <= 0.04)
    for case (let box?, let share) in mixed.map({ ($0.box, $0.share) }) {
      #expect(box.top >= 0 && box.left >= 0 && box.top + box.height <= 12 && box.left + box.width <= 20)
      #expect(abs(share - (1 - Double(box.width * box.height) / 240)) <= 1e-12)
    }
  }

  @Test func oneMayBeOff() {
    #expect(draws(.init(mixup: 0.8, cutmix: 0)).allSatisfy { $0 != nil && $0?.box == nil })
    #expect(draws(.init(mixup: 0, cutmix: 1)).allSatisfy { $0?.box != nil })
    #expect(draws(.init(mixup: 0, cutmix: 0)).allSatisfy { $0 == nil })
    #expect(draws(.init(mixup: 1, cutmix: 1, probability: 0)).allSatisfy { $0 == nil })
  }

  private let grid = PatchGrid(height: 12, width: 12, channels: 1, patchSize: 4)

  private func mixed(_ mixing: BatchMixing, _ count: Int, _ range: Range<Int>) throws -> MicroBatch {
    let batch = try ComparingModel.classifying().labelled(count)
    let samples = MixedSamples(
      batch, mixing, grid: grid, targets: ClassTargets(classCount: 3, smoothing: 0.1))
    return samples.microBatch(range, pool: BufferPool())
  }

  /// Also the middle of an odd batch, which is mixed with itself.
  @Test(arguments: [
    BatchMixing(share: 0.3), BatchMixing.cut(share: 0.4, row: 3, column: 8, height: 12, width: 12),
  ])
  func partsAreThoseOfTheWhole(_ mixing: BatchMixing) throws {
    let whole = try mixed(mixing, 7, 0..<7)
    let targets = try #require(whole.targets)
    for range in [0..<1, 1..<4, 3..<7, 6..<7] {
      let part = try mixed(mixing, 7, range)
      #expect(part.patches.values == whole.patches.slice(range).values)
      #expect(part.targets?.values == targets.slice(range).values)
      #expect(part.labels == Array(whole.labels[range]))
    }
    for row in 0..<7 {
      #expect(abs(targets.slice(row..<row + 1).values.reduce(0, +) - 1) <= 1e-6)
    }
  }

  /// Every pixel is one's own or the partner's.
  @Test func pixelsOfTheBoxAreThePartners() throws {
    let mixing = BatchMixing.cut(share: 0.5, row: 5, column: 2, height: 12, width: 12)
    let box = try #require(mixing.box)
    let plain = try ComparingModel.classifying().labelled(4).patches
    let found = try mixed(mixing, 4, 0..<4).patches
    func image(_ patches: Tensor, _ row: Int) -> [Scalar] {
      grid.unpatchify(patches.slice(row..<row + 1).values)
    }
    for row in 0..<4 {
      let (own, other, result) = (image(plain, row), image(plain, 3 - row), image(found, row))
      for place in 0..<144 {
        let (y, x) = place.quotientAndRemainder(dividingBy: 12)
        let isCut =
          (box.top..<box.top + box.height).contains(y) && (box.left..<box.left + box.width).contains(x)
        #expect(result[place] == (isCut ? other : own)[place])
      }
    }
  }

  @Test func theDrawBelongsToTheStep() throws {
    let model = try ComparingModel.classifying()
    let batch = model.labelled(6)
    func targets(_ step: Int) -> [Scalar]? {
      model.objective.plan.prepared(batch, TrainingProgress(step: step)).microBatch(0..<6, pool: BufferPool())
        .targets?.values
    }
    #expect(targets(4) == targets(4))
    #expect(Set((0..<8).map { targets($0) }).count == 8)
    let plain = try ComparingModel.classifying(["mixupProbability": .number(0)])
    #expect(
      plain.objective.plan.prepared(batch, TrainingProgress()).microBatch(0..<6, pool: BufferPool()).targets
        == nil
    )
  }
}
