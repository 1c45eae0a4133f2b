import Datasets
import Foundation
import Imaging
import Platform
import Synchronization
import Tensors
import Testing

struct TrainingLoaderTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  /// What a view is made by.
  private struct Transform {
    let pipeline: AugmentationPipeline
    let mean, deviation: [Float]

    init(
      _ augmentations: [Choice] = AugmentationPipeline.defaultChoices, height: Int, width: Int, mean: [Float],
      deviation: [Float]
    ) throws {
      pipeline = try AugmentationPipeline(
        augmentations, height: height, width: width, channels: mean.count,
        normalization: ChannelNormalization(mean: mean, standardDeviation: deviation))
      self.mean = mean
      self.deviation = deviation
    }
  }

  private static func crops() throws -> Transform {
    try Transform(height: 8, width: 12, mean: [0.4], deviation: [0.3])
  }
  /// 8×8 images as they are, so that the first byte tells the number.
  private static func plain() throws -> Transform {
    try Transform([], height: 8, width: 8, mean: [0], deviation: [1])
  }

  private func load(
    _ source: any ImageSource, _ transform: Transform? = nil, batchSize: Int = 4, steps: Range<Int>,
    threads: Int = 2, badImages: BadImages? = nil
  ) throws -> [TrainingBatch] {
    let transform = try transform ?? Self.crops()
    let loader = TrainingLoader(
      source: source, sampler: EpochSampler(seed: 3, count: source.count, batchSize: batchSize),
      pipelines: [transform.pipeline], patchSize: 4, steps: steps,
      badImages: try badImages ?? BadImages(in: source, maximumShare: 0.5),
      options: LoadingOptions(threads: threads, batchesAhead: 3))
    var batches: [TrainingBatch] = []
    while let batch = try loader.next() { batches.append(batch) }
    return batches
  }

  private func expectEqual(_ left: [TrainingBatch], _ right: [TrainingBatch]) {
    #expect(left.map(\.step) == right.map(\.step))
    #expect(left.map(\.identity.indices) == right.map(\.identity.indices))
    #expect(left.map(\.identity.epoch) == right.map(\.identity.epoch))
    #expect(left.map(\.patches.values) == right.map(\.patches.values))
  }

  @Test func contentDependsOnSeedAndStepOnly() throws {
    let source = try workspace.makeSet("set", count: 22, width: 20, height: 14)
    try workspace.write([], to: workspace.file("set", 5, of: 22))
    try workspace.writeText("no image", to: workspace.file("set", 13, of: 22))
    let one = try load(source, steps: 0..<17, threads: 1)
    #expect(one.map(\.step) == Array(0..<17) && one.map(\.identity.epoch) == (0..<17).map { $0 / 5 })
    #expect(one.allSatisfy { $0.patches.shape == [4, 6, 16] && $0.patches.isFinite })
    for threads in [2, 5] { expectEqual(try load(source, steps: 0..<17, threads: threads), one) }
    for start in [1, 7, 16] {
      expectEqual(try load(source, steps: start..<17, threads: 3), Array(one[start...]))
    }
  }

  @Test func rowsHoldTheImagesTheyName() throws {
    let source = try workspace.makeSet("set", count: 12)
    let batches = try load(source, Self.plain(), steps: 0..<6)
    let grid = PatchGrid(height: 8, width: 8, channels: 1, patchSize: 4)
    for epoch in [batches[..<3], batches[3...]] {
      #expect(epoch.flatMap(\.identity.indices).sorted() == Array(0..<12))
    }
    for batch in batches {
      for (row, index) in batch.identity.indices.enumerated() {
        let expected = image(index).pixels.map { Scalar($0) / 255 }
        #expect(grid.unpatchify(batch.patches.slice(row..<row + 1).values) == expected)
      }
    }
  }

  @Test(arguments: [1, 3]) func cropsArriveNormalised(channels: Int) throws {
    let source = try workspace.makeSet("set", count: 6, width: 17, height: 11, channels: channels)
    let means = Array([Float(0.4), 0.5, 0.6].prefix(channels))
    let deviations = Array([Float(0.3), 0.2, 0.1].prefix(channels))
    let transform = try Transform(height: 12, width: 8, mean: means, deviation: deviations)
    let grid = PatchGrid(height: 12, width: 8, channels: channels, patchSize: 4)
    for batch in try load(source, transform, batchSize: 3, steps: 0..<4) {
      for (row, index) in batch.identity.indices.enumerated() {
        var stream = batch.identity.stream(.augmentation, row: row)
        let view = try transform.pipeline.view(of: ImageReader(source.image(at: index)), using: &stream)
        let expected = view.pixels.enumerated().map { place, value in
          (Scalar(value) / 255 - Scalar(means[place % channels])) / Scalar(deviations[place % channels])
        }
        #expect(grid.unpatchify(batch.patches.slice(row..<row + 1).values) == expected)
      }
    }
  }

  @Test func aSmallSetRepeatsWithOtherCrops() throws {
    let source = try workspace.makeSet("set", count: 3, width: 30, height: 30)
    let batch = try #require(try load(source, batchSize: 6, steps: 0..<1).first)
    #expect(batch.identity.indices[..<3] == batch.identity.indices[3...])
    for row in 0..<3 {
      #expect(batch.patches.slice(row..<row + 1).values != batch.patches.slice(row + 3..<row + 4).values)
    }
  }

  @Test func badImagesAreReplacedAndListedOnce() throws {
    let source = try workspace.makeSet("set", count: 20)
    let bad = [2, 7, 19].map { workspace.file("set", $0, of: 20) }
    let whole = [UInt8](try Data(contentsOf: URL(filePath: workspace.path(bad[2]))))
    try workspace.write([], to: bad[0])
    try workspace.writeText("a text", to: bad[1])
    try workspace.write(Array(whole.dropLast(20)), to: bad[2])
    let list = URL(filePath: workspace.path("bad-images.txt"))
    let register = try BadImages(in: source, file: list, maximumShare: 0.15)
    let batches = try load(source, Self.plain(), steps: 0..<15, badImages: register)
    #expect(batches.count == 15 && register.entries.map(\.index) == [2, 7, 19])
    for batch in batches {
      let first = batch.patches.slice(0..<4).values
      for (row, index) in batch.identity.indices.enumerated() {
        #expect(![2, 7, 19].contains(index) && first[row * 64] == Scalar(index) / 255)
      }
    }
    let text = try String(contentsOf: list, encoding: .utf8)
    let lines = text.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(lines.map { String($0[0]) }.sorted() == bad.map { workspace.path($0) })
    #expect(lines.allSatisfy { $0.count == 2 && !$0[1].isEmpty })
    _ = try load(source, steps: 15..<25, badImages: BadImages(in: source, file: list, maximumShare: 0.15))
    #expect(try String(contentsOf: list, encoding: .utf8) == text)
  }

  @Test func tooManyBadImagesStopTheRun() throws {
    let source = try workspace.makeSet("set", count: 20)
    for number in 0..<4 { try workspace.write([], to: workspace.file("set", number, of: 20)) }
    let list = URL(filePath: workspace.path("bad-images.txt"))
    let register = try BadImages(in: source, file: list, maximumShare: 0.15)
    let found = try failure { _ = try load(source, steps: 0..<100, badImages: register) }
    #expect(found.problem.hasPrefix("4 of 20 images") && found.place == list.path)
    #expect(found.remedy.contains("--max-bad"))
  }

  @Test func aSetWithoutGoodImagesIsAFailure() throws {
    for number in 0..<3 { try workspace.write([], to: "set/\(number).png") }
    let source = try ImageFolder(path: workspace.path("set"))
    let register = try BadImages(in: source, maximumShare: 1)
    let found = try failure { _ = try load(source, steps: 0..<1, badImages: register) }
    #expect(found.problem == "none of the 3 images can be read" && register.count == 3)
  }

  @Test func aFewGoodImagesAmongManyBadOnesAreFoundAndNoBadOneIsReadTwice() throws {
    let good = 4
    for number in 0..<200 {
      if number % 50 == 0 {
        try workspace.writeImage(number, to: "set/\(number + 1000).png")
      } else {
        try workspace.write([], to: "set/\(number + 1000).png")
      }
    }
    let source = CountedImages(try ImageFolder(path: workspace.path("set")))
    let register = try BadImages(in: source, maximumShare: 0.99)
    let batches = try load(source, Self.plain(), batchSize: 8, steps: 0..<60, threads: 1, badImages: register)
    #expect(batches.count == 60 && batches.allSatisfy { $0.identity.indices.allSatisfy { $0 % 50 == 0 } })
    #expect(register.count <= 200 - good)
    #expect(source.takeReads() == 60 * 8 + register.count)
  }

  /// The superuser may read everything, so that there the image is good.
  @Test func anUnreadableFileIsABadImage() throws {
    let source = try workspace.makeSet("set", count: 8)
    #expect(chmod(source.location(of: 3), 0) == 0)
    let register = try BadImages(in: source, maximumShare: 0.5)
    #expect(try load(source, steps: 0..<2, badImages: register).count == 2)
    #expect(register.entries.map(\.index) == (geteuid() == 0 ? [] : [3]))
  }

  @Test func memoryIsBoundedAndRecycled() throws {
    let source = try workspace.makeSet("set", count: 8)
    let counting = CountingSource(source)
    let crops = try Self.crops()
    let loader = TrainingLoader(
      source: counting, sampler: EpochSampler(seed: 3, count: 8, batchSize: 4), pipelines: [crops.pipeline],
      patchSize: 4, steps: 0..<1000, badImages: try BadImages(in: counting),
      options: LoadingOptions(threads: 2, batchesAhead: 3))
    for step in 0..<200 {
      #expect(try loader.next()?.step == step)
      #expect(counting.reads <= (step + 1 + 3) * 4)
    }
    #expect(loader.statistics.images >= 800 && loader.waitSeconds >= 0)
    #expect(loader.statistics.decodeShare > 0 && loader.statistics.decodeShare < 1)
    loader.stop()
    #expect(try loader.next() == nil)
  }

  /// A batch in use, one ahead, and no third.
  @Test func largeBatchesWaitOneAtATime() throws {
    let source = CountingSource(try workspace.makeSet("set", count: 8))
    let plain = try Self.plain()
    let loader = TrainingLoader(
      source: source, sampler: EpochSampler(seed: 3, count: 8, batchSize: 1024), pipelines: [plain.pipeline],
      patchSize: 4, steps: 0..<100, badImages: try BadImages(in: source),
      options: LoadingOptions(threads: 2, batchesAhead: 3))
    for step in 0..<5 {
      #expect(try loader.next()?.step == step)
      #expect(source.reads <= (step + 2) * 1024)
    }
  }

  @Test func stopsAtOnceAndLeavesNoThread() throws {
    let source = try workspace.makeSet("set", count: 8)
    let crops = try Self.crops()
    for round in 0..<20 {
      let loader = TrainingLoader(
        source: source, sampler: EpochSampler(seed: 3, count: 8, batchSize: 4), pipelines: [crops.pipeline],
        patchSize: 4, steps: 0..<Int.max, badImages: try BadImages(in: source),
        options: LoadingOptions(threads: 4, batchesAhead: 1))
      // Also while producers are at work, blocked by a full ring, and gone without `stop()`.
      if round % 4 > 0 { _ = try loader.next() }
      if round % 4 > 1 { Thread.sleep(forTimeInterval: 0.01) }
      let time = ContinuousClock().measure { if round % 2 == 0 { loader.stop() } }
      #expect(time <= .seconds(1))
    }
    #if os(Linux)
      // A thread is still listed for a moment after it has said that it ends.
      var left = 0
      for _ in 0..<100 {
        left = try loaderThreads()
        if left == 0 { break }
        Thread.sleep(forTimeInterval: 0.02)
      }
      #expect(left == 0)
    #endif
  }

  #if os(Linux)
    /// Threads of this test's loaders: other tests run at the same time, but none with so many threads.
    private func loaderThreads() throws -> Int {
      let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
      return tasks.filter { task in
        (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) == "loader 3\n"
      }.count
    }
  #endif
}

/// Counts how often images are read.
private final class CountingSource: ImageSource {
  private let base: ImageFolder
  private let readCount = Atomic(0)

  init(_ base: ImageFolder) { self.base = base }

  var reads: Int { readCount.load(ordering: .relaxed) }
  var facts: ImageSetFacts { ImageSetFacts(path: base.path, classNames: base.classNames) }
  var count: Int { base.count }
  func label(of index: Int) -> Int? { base.label(of: index) }
  func location(of index: Int) -> String { base.location(of: index) }
  func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    readCount.wrappingAdd(1, ordering: .relaxed)
    return try base.reader(at: index, options: options)
  }
}
