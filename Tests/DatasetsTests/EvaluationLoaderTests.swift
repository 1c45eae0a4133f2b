import Datasets
import Foundation
import Imaging
import Platform
import Tensors
import Testing

struct EvaluationLoaderTests {
  private let workspace: Workspace
  private let preprocessing = Preprocessing(
    height: 8, width: 12, channels: 1, resizeShorterSide: 10, mean: [0.3], standardDeviation: [0.2])

  init() throws { workspace = try Workspace() }

  private func load(
    _ source: any ImageSource, indices: Range<Int>? = nil, batchSize: Int = 4, threads: Int = 2,
    includesPixels: Bool = true, badImages: BadImages? = nil
  ) throws -> [EvaluationBatch] {
    let loader = EvaluationLoader(
      source: source, indices: indices, preprocessing: preprocessing, patchSize: 4, batchSize: batchSize,
      includesPixels: includesPixels, badImages: try badImages ?? BadImages(in: source),
      options: LoadingOptions(threads: threads, batchesAhead: 2))
    var batches: [EvaluationBatch] = []
    while let batch = try loader.next() { batches.append(batch) }
    return batches
  }

  private func expectImages(_ batches: [EvaluationBatch], of source: any ImageSource) throws {
    let grid = PatchGrid(height: 8, width: 12, channels: 1, patchSize: 4)
    for batch in batches {
      #expect(
        batch.patches.shape == [batch.indices.count, 6, 16] && batch.labels.count == batch.indices.count)
      for (row, index) in batch.indices.enumerated() {
        let view = preprocessing.evaluationView(of: try source.image(at: index, options: DecodeOptions()))
        let values = grid.unpatchify(batch.patches.slice(row..<row + 1).values)
        #expect(values == view.pixels.map { (Scalar($0) / 255 - Scalar(Float(0.3))) / Scalar(Float(0.2)) })
        #expect(batch.labels[row] == source.label(of: index))
        if let pixels = batch.pixels {
          #expect(pixels.slice(row..<row + 1).values == view.pixels.map { Scalar($0) / 255 })
        }
      }
    }
  }

  @Test(arguments: [1, 2, 5]) func yieldsAllOnceInOrder(threads: Int) throws {
    let source = try workspace.makeSet("set", count: 11, width: 15, height: 21)
    let batches = try load(source, threads: threads)
    #expect(batches.map(\.indices) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]])
    #expect(batches.flatMap(\.labels) == (0..<11).map { $0 < 5 ? 0 : 1 })
    #expect(batches.allSatisfy { $0.pixels?.shape == [$0.indices.count, 96] })
    try expectImages(batches, of: source)
    let part = try load(source, indices: 3..<6, threads: threads, includesPixels: false)
    #expect(part.map(\.indices) == [[3, 4, 5]] && part[0].pixels == nil)
    try expectImages(part, of: source)
    #expect(try load(source, indices: 3..<3).isEmpty)
  }

  @Test func badImagesAreLeftOut() throws {
    let source = try workspace.makeSet("set", count: 12, width: 15, height: 21)
    for number in [1, 4, 5, 6, 7, 11] { try workspace.write([], to: workspace.file("set", number, of: 12)) }
    let register = try BadImages(in: source, maximumShare: 0.5)
    let batches = try load(source, badImages: register)
    #expect(batches.map(\.indices) == [[0, 2, 3], [8, 9, 10]])
    #expect(register.entries.map(\.index) == [1, 4, 5, 6, 7, 11] && register.fraction == 0.5)
    try expectImages(batches, of: source)
    let found = try failure { _ = try load(source) }
    #expect(found.problem.contains("of 12 images"))
  }

  /// What is drawn belongs to seed, pass and image, whatever the batches, the threads and the bad images.
  @Test func augmentedPassesSeeTheViewsOfTheirNumbers() throws {
    let source = try workspace.makeSet("set", count: 9, width: 15, height: 21)
    try workspace.write([], to: workspace.file("set", 2, of: 9))
    let pipeline = try AugmentationPipeline(
      height: 8, width: 12, channels: 1, normalization: preprocessing.normalization)
    let grid = PatchGrid(height: 8, width: 12, channels: 1, patchSize: 4)
    var seen: Set<[Scalar]> = []
    for (seed, pass, threads, batchSize) in [(0, 0, 1, 4), (0, 1, 3, 5), (7, 1, 2, 4)] {
      let loader = EvaluationLoader(
        source: source, preprocessing: preprocessing,
        augmentation: AugmentedPass(pipeline: pipeline, seed: UInt64(seed), pass: pass), patchSize: 4,
        batchSize: batchSize, badImages: try BadImages(in: source, maximumShare: 1),
        options: LoadingOptions(threads: threads, batchesAhead: 2))
      var indices: [Int] = []
      while let batch = try loader.next() {
        for (row, index) in batch.indices.enumerated() {
          var stream = RandomStream(
            seed: UInt64(seed), purpose: .augmentation, epoch: pass, sample: index)
          let view = try pipeline.view(
            of: source.reader(at: index, options: DecodeOptions()), using: &stream)
          let values = grid.unpatchify(batch.patches.slice(row..<row + 1).values)
          #expect(values == view.pixels.map { (Scalar($0) / 255 - Scalar(Float(0.3))) / Scalar(Float(0.2)) })
          seen.insert(values)
        }
        indices += batch.indices
      }
      #expect(indices == [0, 1, 3, 4, 5, 6, 7, 8])
    }
    #expect(seen.count == 24)
  }

  @Test func unlabelledImagesHaveNoLabels() throws {
    for number in 0..<3 { try workspace.writeImage(number, to: "flat/\(number).png") }
    let batches = try load(try ImageFolder(path: workspace.path("flat")))
    #expect(batches.flatMap(\.labels) == [nil, nil, nil])
  }
}
