import Pretraining
import Tensors
import Testing

@Suite("Shapes of masks")
struct MaskShapeTests {
  private static let grids = [(14, 14), (7, 7), (4, 4), (5, 3), (1, 9), (6, 11), (8, 8)]
  private static let samples = 40

  private func draw(
    _ shape: MaskShape, _ rows: Int, _ columns: Int, keep: Int, _ indices: [Int] = Array(0..<samples),
    epoch: Int = 0
  ) -> PatchMask {
    shape.mask(
      for: SampleIdentity(seed: 1, epoch: epoch, indices: indices), rows: rows, columns: columns, keep: keep)
  }

  /// True where a patch is masked, a sample at a time.
  private func patterns(_ mask: PatchMask, _ count: Int) -> [[Bool]] {
    let each = mask.masked.count / count
    let patchCount = (mask.masked.count + mask.visible.count) / count
    return (0..<count).map { sample in
      var isMasked = [Bool](repeating: false, count: patchCount)
      for place in mask.masked[sample * each..<(sample + 1) * each] { isMasked[Int(place)] = true }
      return isMasked
    }
  }

  @Test(arguments: MaskShape.allCases, grids)
  func everySampleIsPartitioned(shape: MaskShape, grid: (rows: Int, columns: Int)) {
    let patchCount = grid.rows * grid.columns
    for keep in Set([1, patchCount / 4, patchCount / 2, patchCount - 1]).filter({ $0 > 0 }) {
      let mask = draw(shape, grid.rows, grid.columns, keep: keep)
      let hidden = patchCount - keep
      #expect(mask.visible.count == Self.samples * keep && mask.masked.count == Self.samples * hidden)
      for sample in 0..<Self.samples {
        let places =
          mask.visible[sample * keep..<(sample + 1) * keep]
          + mask.masked[sample * hidden..<(sample + 1) * hidden]
        #expect(places.sorted() == (0..<Int32(patchCount)).map { $0 })
      }
    }
  }

  @Test(arguments: MaskShape.allCases)
  func theMaskBelongsToTheSample(shape: MaskShape) {
    let both = draw(shape, 14, 14, keep: 49, [7, 9])
    #expect(draw(shape, 14, 14, keep: 49, [9]).visible == Array(both.visible[49...]))
    #expect(draw(shape, 14, 14, keep: 49, [7]).visible == Array(both.visible[..<49]))
    #expect(Set((0..<8).map { draw(shape, 14, 14, keep: 49, [7], epoch: $0).visible.sorted() }).count > 2)
  }

  @Test func randomDrawsAsWithoutShapes() {
    let identity = SampleIdentity(seed: 1, epoch: 0, indices: Array(0..<Self.samples))
    let (mask, plain) = (
      draw(.random, 7, 7, keep: 12), PatchMask(for: identity, patchCount: 49, keep: 12)
    )
    #expect(mask.visible == plain.visible && mask.masked == plain.masked)
  }

  /// At 1 of 2^k × 2^k patches each square of that size shows one, the same one in all; squares are moved over the samples.
  @Test(arguments: [(14, 14, 2), (8, 8, 2), (6, 10, 2), (8, 8, 4), (12, 8, 4)])
  func aGridIsRegular(rows: Int, columns: Int, period: Int) {
    let keep = rows * columns / (period * period)
    var starts: Set<Int> = []
    for isMasked in patterns(draw(.grid, rows, columns, keep: keep), Self.samples) {
      let phases = Set(
        isMasked.indices.filter { !isMasked[$0] }.map {
          $0 / columns % period * period + $0 % columns % period
        })
      #expect(phases.count == 1)
      starts.formUnion(phases)
    }
    #expect(starts.count > period * period / 2)
  }

  @Test func halfAGridIsAChequerboard() {
    for isMasked in patterns(draw(.grid, 6, 8, keep: 24), Self.samples) {
      for place in isMasked.indices where place % 8 < 7 { #expect(isMasked[place] != isMasked[place + 1]) }
    }
  }

  /// No connected part is smaller than the smallest rectangle, 16 of 196 patches.
  @Test(arguments: [(14, 14, 0.4), (14, 14, 0.75), (7, 7, 0.6), (4, 4, 0.6), (5, 3, 0.5), (6, 11, 0.3)])
  func blocksAreConnected(rows: Int, columns: Int, ratio: Double) {
    let patchCount = rows * columns
    let keep = PatchMask.keep(patchCount: patchCount, ratio: ratio)
    let least = min(patchCount - keep, max(1, Int((Double(patchCount) * 16 / 196).rounded())))
    let drawn = patterns(draw(.block, rows, columns, keep: keep), Self.samples)
    for isMasked in drawn {
      let sizes = parts(of: isMasked, columns)
      #expect(sizes.allSatisfy { $0 >= least } && sizes.reduce(0, +) == patchCount - keep, "\(sizes)")
    }
    #expect(Set(drawn).count > Self.samples / 3)
  }

  /// Sizes of connected parts.
  private func parts(of isMasked: [Bool], _ columns: Int) -> [Int] {
    var open = Set(isMasked.indices.filter { isMasked[$0] })
    var sizes: [Int] = []
    while let first = open.popFirst() {
      var (stack, size) = ([first], 0)
      while let place = stack.popLast() {
        size += 1
        var neighbours = [place - columns, place + columns]
        if place % columns > 0 { neighbours.append(place - 1) }
        if place % columns < columns - 1 { neighbours.append(place + 1) }
        stack += neighbours.filter { open.remove($0) != nil }
      }
      sizes.append(size)
    }
    return sizes
  }
}
