import Datasets
import Imaging
import Platform
import Tensors
import Testing

/// Several views of every image.
struct LoadedViewsTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func pipeline(_ side: Int) throws -> AugmentationPipeline {
    try AugmentationPipeline(
      AugmentationPipeline.defaultChoices, height: side, width: side, channels: 1,
      normalization: ChannelNormalization(mean: [0.4], standardDeviation: [0.3]))
  }

  private func load(
    _ source: any ImageSource, sides: [Int], steps: Range<Int> = 0..<6, threads: Int = 2
  ) throws -> [TrainingBatch] {
    let loader = TrainingLoader(
      source: source, sampler: EpochSampler(seed: 3, count: source.count, batchSize: 4),
      pipelines: try sides.map(pipeline), patchSize: 4, steps: steps, badImages: try BadImages(in: source),
      options: LoadingOptions(threads: threads))
    var batches: [TrainingBatch] = []
    while let batch = try loader.next() { batches.append(batch) }
    return batches
  }

  private func values(_ batches: [TrainingBatch], view: Int) -> [[Scalar]] {
    batches.map { $0.views[view].patches(0..<$0.identity.indices.count).values }
  }

  /// Each has its own size and its own random numbers; the first is that of a run of one view. From three views on images
  /// are decoded whole: of PNG that is the same.
  @Test(arguments: [[8], [8, 8], [8, 8, 4], [8, 8, 4, 4, 12]])
  func everyViewDrawsForItself(sides: [Int]) throws {
    let source = try workspace.makeSet("set", count: 12, width: 20, height: 14)
    let batches = try load(source, sides: sides)
    for batch in batches {
      #expect(batch.views.map(\.grid.count) == sides.map { $0 / 4 * ($0 / 4) })
      #expect(batch.patches.shape == [4, 4, 16])
    }
    let alone = try load(source, sides: [8])
    #expect(values(batches, view: 0) == values(alone, view: 0))
    if sides.count > 1 {
      #expect(values(batches, view: 1) == values(try load(source, sides: [8, 8]), view: 1))
      #expect(values(batches, view: 0) != values(batches, view: 1))
    }
  }

  @Test func threadsAndResumingChangeNothing() throws {
    let source = try workspace.makeSet("set", count: 12, width: 20, height: 14)
    let all = try load(source, sides: [8, 8, 4], threads: 1)
    let rest = try load(source, sides: [8, 8, 4], steps: 4..<6, threads: 3)
    for view in 0..<3 { #expect(values(rest, view: view) == Array(values(all, view: view)[4...])) }
  }

  /// A part of a batch is made alone: what lanes take.
  @Test func partsAreThoseOfTheWhole() throws {
    let source = try workspace.makeSet("set", count: 12, width: 20, height: 14)
    let batch = try #require(try load(source, sides: [8], steps: 0..<1).first)
    let pool = BufferPool()
    for range in [0..<1, 1..<4, 2..<2, 0..<4] {
      let part = batch.views[0].patches(range, pool: pool)
      #expect(part.shape == [range.count, 4, 16])
      #expect(part.values == batch.patches.slice(range).values)
    }
  }
}
