import Datasets
import Foundation
import Imaging
import Platform
import Synchronization
import Tensors
import Testing

@Suite struct CachedImagesTests {
  private let workspace: Workspace
  init() throws { workspace = try Workspace() }

  private static let side = 12
  private static let count = 10
  /// Bytes of `vitrail cache 2, decoding 1` and the end of its line.
  private static let headerSize = 28

  /// Images of several shapes, depths and channels; some larger than the side.
  private func makeImages() throws -> CountedImages {
    let sizes = [(40, 30), (12, 90), (8, 5), (31, 13), (13, 13)]
    for number in 0..<Self.count {
      let (width, height) = sizes[number % sizes.count]
      try workspace.writeImage(
        number, to: "set/\(number).png", width: width, height: height, channels: number % 2 == 0 ? 3 : 1)
    }
    try workspace.write(
      Array(Data(contentsOf: StatisticsTests.deepImage)), to: "set/\(Self.count).png")
    return CountedImages(try ImageFolder(path: workspace.path("set")))
  }

  private func images(_ source: any ImageSource) throws -> [Image] {
    try (0..<source.count).map { try source.image(at: $0) }
  }

  private var cacheFolder: String { workspace.path("cache") }
  private var places: [CachedImages.Place] { [.memory, .folder(cacheFolder)] }

  private func cached(
    _ source: any ImageSource, _ place: CachedImages.Place, bound: Int = 1 << 20, notes: Notes = Notes()
  ) throws -> CachedImages {
    try CachedImages(source, in: place, side: Self.side, bound: bound, note: notes.add)
  }

  @Test func keptImagesEqualThoseDecodedAnew() throws {
    let source = try makeImages()
    let plain = try images(source)
    for place in places {
      let notes = Notes()
      let cache = try cached(source, place, notes: notes)
      _ = source.takeReads()
      let first = try images(cache)
      #expect(source.takeReads() == source.count)
      #expect(try images(cache) == first)
      #expect(source.takeReads() == 0)
      #expect(try images(cached(source, .memory, bound: 1)) == first, "without room every image is decoded")
      #expect(notes.all.isEmpty)
      for (kept, original) in zip(first, plain) {
        #expect(min(kept.width, kept.height) == min(Self.side, min(original.width, original.height)))
        #expect(kept.isDeep == original.isDeep && kept.channels == original.channels)
        if min(original.width, original.height) <= Self.side {
          #expect(kept == original)
        } else {
          let (width, height) = (kept.width, kept.height)
          #expect(kept == original.resized(width: width, height: height, filter: .bicubic))
          let ratio = Double(original.width * height) / Double(original.height * width)
          #expect(abs(ratio - 1) <= 0.5 / Double(Self.side))
        }
      }
      #expect(first.contains { $0.isDeep })
    }
  }

  @Test func aFolderServesLaterRuns() throws {
    let source = try makeImages()
    let first = try images(cached(source, .folder(cacheFolder)))
    _ = source.takeReads()
    let notes = Notes()
    #expect(try images(cached(source, .folder(cacheFolder), notes: notes)) == first)
    #expect(source.takeReads() == 0 && notes.all.isEmpty)
    let other = try CachedImages(source, in: .folder(cacheFolder), side: 5, bound: 1 << 20)
    #expect(try images(other).allSatisfy { min($0.width, $0.height) <= 5 })
    #expect(source.takeReads() == source.count, "another side is another image")
  }

  private var usedBytes: Int {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: cacheFolder).reduce(0) { sum, name in
        sum + (try FileManager.default.attributesOfItem(atPath: cacheFolder + "/" + name)[.size] as? Int ?? 0)
      }
    }
  }

  @Test(arguments: [1, 700, 1500, 3000, 6000]) func boundIsKept(_ bound: Int) throws {
    let source = try makeImages()
    let reference = try images(cached(source, .memory))
    for place in places {
      let cache = try cached(source, place, bound: bound)
      #expect(try images(cache) == reference)
      _ = source.takeReads()
      #expect(try images(cache) == reference)
      let reads = source.takeReads()
      #expect(bound == 1 ? reads == source.count : (1..<source.count).contains(reads), "\(place): \(reads)")
    }
    #expect(try usedBytes <= max(bound, Self.headerSize))
  }

  @Test func manyThreadsSeeTheSameImages() throws {
    let source = try makeImages()
    let reference = try images(cached(source, .memory))
    for place in places {
      let notes = Notes()
      let cache = try cached(source, place, notes: notes)
      let wrong = Atomic(0)
      DispatchQueue.concurrentPerform(iterations: 8) { thread in
        for turn in 0..<200 {
          let index = (turn * (thread + 3) + thread) % source.count
          if (try? cache.image(at: index)) != reference[index] { wrong.wrappingAdd(1, ordering: .relaxed) }
        }
      }
      #expect(wrong.load(ordering: .relaxed) == 0 && notes.all.isEmpty)
    }
    _ = source.takeReads()
    #expect(try images(cached(source, .folder(cacheFolder))) == reference)
    #expect(source.takeReads() == 0, "each image was kept")
    #expect(
      try usedBytes <= Self.headerSize + source.count * 64
        + reference.reduce(0) { $0 + $1.samples.count * ($1.isDeep ? 2 : 1) })
  }

  /// A killed or powerless process leaves files that end anywhere, or hold anything.
  @Test func damageCostsTimeOnly() throws {
    let source = try makeImages()
    let reference = try images(cached(source, .folder(cacheFolder)))
    var random = RandomStream(seed: 5, purpose: .synthetic)
    for turn in 0..<60 {
      let name = turn % 2 == 0 ? "vitrail-cache.samples" : "vitrail-cache.index"
      var bytes = try Data(contentsOf: URL(filePath: cacheFolder + "/" + name))
      let place = random.index(below: bytes.count)
      switch turn % 3 {
      case 0: bytes = bytes.prefix(place)
      case 1: bytes[place] ^= UInt8(1 + random.index(below: 255))
      default: bytes.append(contentsOf: (0..<place % 200).map { _ in UInt8(random.index(below: 256)) })
      }
      try bytes.write(to: URL(filePath: cacheFolder + "/" + name))
      let notes = Notes()
      let cache = try cached(source, .folder(cacheFolder), notes: notes)
      #expect(try images(cache) == reference, "turn \(turn)")
      #expect(try images(cache) == reference)
      #expect(notes.all.count <= 2 && notes.all.allSatisfy { $0.contains("damaged") })
      if turn % 3 == 1 { #expect(!notes.all.isEmpty) }
    }
    _ = source.takeReads()
    #expect(try images(cached(source, .folder(cacheFolder))) == reference)
    #expect(source.takeReads() == 0, "what was damaged was decoded and kept anew")
  }

  @Test func aFileThatIsNoCacheIsStartedAnew() throws {
    let source = try makeImages()
    try workspace.writeText(String(repeating: "something else ", count: 99), to: "cache/vitrail-cache.index")
    let notes = Notes()
    _ = try images(cached(source, .folder(cacheFolder), notes: notes))
    #expect(notes.all.count == 1)
    _ = source.takeReads()
    _ = try images(cached(source, .folder(cacheFolder), notes: notes))
    #expect(source.takeReads() == 0 && notes.all.count == 1)
  }

  /// What other code decoded is never served.
  @Test(arguments: [
    "vitrail cache 2, decoding \(DecodeOptions.codeVersion + 1)\n",
    "vitrail cache 2, decoding \(DecodeOptions.codeVersion - 1)\n", "vitrail cache 1\n",
  ]) func anotherVersionIsStartedAnew(_ header: String) throws {
    let source = try makeImages()
    let reference = try images(cached(source, .folder(cacheFolder)))
    let index = URL(filePath: cacheFolder + "/vitrail-cache.index")
    var content = try Data(contentsOf: index)
    let end = try #require(content.firstIndex(of: UInt8(ascii: "\n")))
    content.replaceSubrange(...end, with: Data(header.utf8))
    try content.write(to: index)
    _ = source.takeReads()
    let notes = Notes()
    #expect(try images(cached(source, .folder(cacheFolder), notes: notes)) == reference)
    #expect(source.takeReads() == source.count)
    #expect(notes.all == ["the cache in \(cacheFolder) is of another version of Vitrail; it is started anew"])
    #expect(try images(cached(source, .folder(cacheFolder), notes: notes)) == reference)
    #expect(source.takeReads() == 0 && notes.all.count == 1)
  }

  @Test func aChangedFileIsDecodedAnew() throws {
    let source = try makeImages()
    for place in places {
      let cache = try cached(source, place)
      let before = try images(cache)
      try workspace.writeImage(77, to: "set/3.png", width: 31, height: 13, channels: 1)
      let after = try images(cache)
      #expect(after == (try images(cached(source, .memory))))
      #expect(before.indices.filter { before[$0] != after[$0] }.count == 1)
      try workspace.writeImage(3, to: "set/3.png", width: 31, height: 13, channels: 1)
      #expect(try images(cache) == before)
    }
  }

  @Test func limitsHoldForKeptImagesToo() throws {
    let source = try makeImages()
    for place in places {
      let cache = try cached(source, place)
      _ = try images(cache)
      let refused = try failure { _ = try cache.image(at: 0, options: DecodeOptions(maximumPixels: 100)) }
      #expect(refused.problem.contains("above the limit of 100"))
    }
  }

  @Test func badImagesStayBad() throws {
    try workspace.writeText("no image", to: "set/bad.png")
    let source = try makeImages()
    let bad = source.count - 1
    for place in places {
      let cache = try cached(source, place)
      for _ in 0..<2 {
        #expect(try failure { _ = try cache.image(at: bad) }.place == source.location(of: bad))
      }
    }
  }

  @Test func oneAddsAndOthersRead() throws {
    let source = try makeImages()
    let first = try cached(source, .folder(cacheFolder))
    let reference = try (0..<4).map { try first.image(at: $0) }
    _ = source.takeReads()
    let notes = Notes()
    let second = try cached(source, .folder(cacheFolder), notes: notes)
    #expect(notes.all.count == 1 && notes.all.allSatisfy { $0.contains("another process") })
    #expect(try (0..<4).map { try second.image(at: $0) } == reference)
    #expect(source.takeReads() == 0)
    _ = try images(second)
    _ = try images(second)
    #expect(source.takeReads() == 2 * (source.count - 4), "the second keeps nothing")
    _ = try images(first)
    _ = try images(first)
    #expect(source.takeReads() == source.count - 4)
  }

  @Test func aPlaceThatIsNoFolderIsAFailure() throws {
    let source = try makeImages()
    try workspace.writeText("a file", to: "file")
    let path = workspace.path("file")
    #expect(try failure { _ = try cached(source, .folder(path)) }.place.contains(path))
  }

  /// A file on a full disk: nothing more is kept, and nothing else happens.
  @Test func aFullDiskEndsTheKeeping() throws {
    let source = try makeImages()
    let reference = try images(cached(source, .memory))
    try workspace.makeFolder("cache")
    // Every write to it says that the disk is full.
    try workspace.link("cache/vitrail-cache.samples", to: "/dev/full")
    let notes = Notes()
    let cache = try cached(source, .folder(cacheFolder), notes: notes)
    #expect(try images(cache) == reference)
    #expect(notes.all.count == 1 && notes.all.allSatisfy { $0.contains("cache in \(cacheFolder)") })
  }

  @Test func batchesDependOnNeitherPlaceNorRoomNorThreads() throws {
    let source = try makeImages()
    func load(_ source: any ImageSource, threads: Int) throws -> [[Scalar]] {
      let loader = TrainingLoader(
        source: source, sampler: EpochSampler(seed: 3, count: source.count, batchSize: 4),
        pipelines: [
          try AugmentationPipeline(
            height: 8, width: 8, channels: 3,
            normalization: ChannelNormalization(mean: [0, 0, 0], standardDeviation: [1, 1, 1]))
        ],
        patchSize: 4, steps: 0..<9, badImages: try BadImages(in: source),
        options: LoadingOptions(threads: threads))
      var batches: [[Scalar]] = []
      while let batch = try loader.next() { batches.append(Array(batch.patches.values)) }
      return batches
    }
    let reference = try load(cached(source, .memory, bound: 1), threads: 1)
    #expect(reference.count == 9)
    for place in places {
      for (bound, threads) in [(1 << 20, 1), (1 << 20, 8), (3000, 3)] {
        #expect(try load(cached(source, place, bound: bound), threads: threads) == reference)
      }
    }
    #expect(try load(source, threads: 2) != reference, "crops come from the resized image")
  }
}

extension StatisticsTests {
  /// An image of 16 bits.
  static var deepImage: URL {
    (Bundle.module.resourceURL ?? URL(filePath: "/")).appending(path: "Golden/statistics/rgb16/0.png")
  }
}
