import Datasets
import Evaluation
import Foundation
import Imaging
import Platform
import Tensors
import Testing
import VisionTransformer

@Suite struct AugmentedFeaturesTests {
  private var configuration: VisionTransformerConfiguration {
    var configuration = VisionTransformerConfiguration()
    configuration.width = 12
    configuration.depth = 2
    configuration.headCount = 3
    configuration.imageHeight = 4
    configuration.imageWidth = 4
    configuration.patchSize = 2
    configuration.channels = 1
    return configuration
  }

  private func extraction(cache: FeatureCache? = nil, lanes: Int = 2) throws -> FeatureExtraction {
    let model = try VisionTransformer(configuration, parameters: ParameterStore(seed: 7))
    let preprocessing = Preprocessing(
      height: 4, width: 4, channels: 1, resizeShorterSide: 4, mean: [0.3], standardDeviation: [0.2])
    return FeatureExtraction(
      encoders: [.init(name: "model", model: model)], preprocessing: preprocessing, includesPixels: true,
      team: LaneTeam(count: lanes), batchSize: 5, maximumBad: 1, cache: cache)
  }

  @Test func everyPassAndSeedHasViewsOfItsOwn() throws {
    let source = NoiseImages(count: 12)
    let extraction = try extraction()
    let sets = try extraction.run(source)
    func values(_ pass: Int, _ seed: UInt64) throws -> [Float] {
      let found = try extraction.augmented(source, as: sets, encoder: "model", pass: pass, seed: seed)
      #expect(found.count == 1 && found[0].labels == sets.features["model"]?.labels)
      return found[0].values
    }
    let all = [try values(0, 0), try values(1, 0), try values(0, 1), sets.features["model"]?.values ?? []]
    #expect(Set(all).count == 4 && all.allSatisfy { $0.count == 12 * 12 })
    #expect(try values(1, 0) == all[1])
    let other = try self.extraction(lanes: 3)
    let found = try other.augmented(source, as: other.run(source), encoder: "model", pass: 1)[0]
    #expect(difference(found.values, all[1]) <= 1e-5)
  }

  /// The lanes cut a batch otherwise, and products of other sizes round otherwise: a few 1e-7 of values of about 1.
  private func difference(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Double {
    largestDifference(a.map { Double($0) }, b.map { Double($0) })
  }

  @Test func placesComeInTheirOrderAfterTheEncodersOwn() throws {
    let source = NoiseImages(count: 6)
    let extraction = try extraction()
    let sets = try extraction.run(source)
    let own = configuration.readout
    let first = FeatureReadout(block: 1, pooling: own.pooling)
    let found = try extraction.augmented(
      source, as: sets, encoder: "model", pass: 3, readouts: [first, own])
    #expect(found.count == 3 && found[0].values == found[2].values && found[0].values != found[1].values)
  }

  @Test func rowsAreThoseThatCouldBeRead() throws {
    let extraction = try extraction()
    let whole = NoiseImages(count: 11)
    let all = try extraction.augmented(whole, as: extraction.run(whole), encoder: "model", pass: 0)[0]
    let holed = NoiseImages(count: 11, missing: [0, 7])
    let sets = try extraction.run(holed)
    let some = try extraction.augmented(holed, as: sets, encoder: "model", pass: 0)[0]
    #expect(some.count == 9)
    for (row, image) in sets.rows.enumerated() {
      let expected = all.values[(image * 12)..<((image + 1) * 12)]
      #expect(difference(some.values[(row * 12)..<((row + 1) * 12)], expected) <= 1e-5)
    }
    // An image that was bad may have been mended, but none that was read may be lost.
    let mended = try extraction.augmented(whole, as: sets, encoder: "model", pass: 0)[0]
    #expect(difference(mended.values, some.values) <= 1e-5)
    do throws(Failure) {
      _ = try extraction.augmented(
        NoiseImages(count: 11, missing: [3]), as: sets, encoder: "model", pass: 0)
      Issue.record("a lost image went unnoticed")
    } catch {
      #expect(error.place == "noise#3")
    }
  }

  @Test func passAndSeedArePartOfWhatIsKept() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vitrail-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = NoiseImages(count: 8)
    let extraction = try extraction(cache: FeatureCache(folder: folder))
    let sets = try extraction.run(source)
    func files() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: folder.path).count }
    func values(_ pass: Int, _ seed: UInt64) throws -> [Float] {
      try extraction.augmented(source, as: sets, encoder: "model", pass: pass, seed: seed)[0].values
    }
    #expect(try files() == 2, "features and pixels")
    let first = try values(0, 0)
    #expect(try files() == 3)
    let others = [try values(1, 0), try values(0, 1)]
    #expect(try files() == 5 && Set(others + [first]).count == 3)
    _ = source.takeReads()
    #expect(try values(0, 0) == first && values(1, 0) == others[0])
    #expect(source.takeReads() == 0)
    #expect(try files() == 5)
    #expect(try extraction.run(source).features["model"]?.values == sets.features["model"]?.values)
  }
}
