import Datasets
import Evaluation
import Foundation
import Platform
import Testing

@Suite struct FeatureCacheTests {
  private func withCache(bytes: Int = 1 << 20, _ body: (FeatureCache) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vitrail-cache-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(FeatureCache(folder: folder, maximumBytes: bytes))
  }

  private let matrix = FeatureCache.Matrix(
    width: 3, values: [1, -2, 0.5, .leastNonzeroMagnitude, 4, 5], skipped: [.init(index: 1, reason: "torn")])

  @Test func whatIsKeptComesBackToTheBit() throws {
    try withCache { cache in
      let key = ContentHash(low: 1, high: 2)
      #expect(cache.load(key, count: 3) == nil)
      cache.save(matrix, as: key)
      let found = try #require(cache.load(key, count: 3))
      #expect(found.values == matrix.values && found.width == 3 && found.skipped == matrix.skipped)
      #expect(cache.load(ContentHash(low: 2, high: 1), count: 3) == nil)
      #expect(cache.load(key, count: 4) == nil, "a set of another size")
    }
  }

  /// Damage that leaves a number, and a file of a version that wrote no checksum, are none too.
  @Test func damagedFilesAreNone() throws {
    try withCache { cache in
      let key = ContentHash(low: 1, high: 2)
      cache.save(matrix, as: key)
      let name = try #require(FileManager.default.contentsOfDirectory(atPath: cache.folder.path).first)
      let url = cache.folder.appendingPathComponent(name)
      let whole = try Data(contentsOf: url)
      for damage: (inout Data) -> Void in [
        { $0.removeLast() }, { $0[$0.count - 3] ^= 1 },
        { data in
          guard let place = data.range(of: Data("murmur3".utf8)) else { return }
          data.replaceSubrange(place, with: "another".utf8)
        },
        { data in
          for word in ["vitrail.checksum", "murmur3-128"] {
            guard let place = data.range(of: Data(word.utf8)) else { return }
            data.replaceSubrange(place, with: String(repeating: "x", count: word.count).utf8)
          }
        },
      ] {
        var damaged = whole
        damage(&damaged)
        try #require(damaged != whole)
        try damaged.write(to: url)
        #expect(cache.load(key, count: 3) == nil)
      }
      cache.save(matrix, as: key)
      #expect(cache.load(key, count: 3)?.values == matrix.values, "it is made anew")
    }
  }

  @Test func theOldestGoWhenThereAreTooMany() throws {
    try withCache(bytes: 400) { cache in
      for number in 0..<4 { cache.save(matrix, as: ContentHash(low: UInt64(number), high: 0)) }
      let names = try FileManager.default.contentsOfDirectory(atPath: cache.folder.path)
      #expect((1...3).contains(names.count))
      #expect(cache.load(ContentHash(low: 3, high: 0), count: 3) != nil, "the newest stays")
    }
  }

  @Test func whereItIs() {
    #expect(FeatureCache.standard(["VITRAIL_FEATURE_CACHE": "off", "HOME": "/h"]) == nil)
    #expect(FeatureCache.standard(["HOME": "/h"])?.folder.path == "/h/.cache/vitrail/features")
    #expect(
      FeatureCache.standard(["XDG_CACHE_HOME": "/x", "HOME": "/h"])?.folder.path == "/x/vitrail/features")
    #expect(FeatureCache.standard([:]) == nil)
  }
}
