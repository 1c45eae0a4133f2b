import Datasets
import Foundation
import Imaging
import Platform
import Testing

@Suite struct StatisticsTests {
  private struct Expected: Decodable {
    struct Values: Decodable {
      let images, pixels: Int
      let mean, standardDeviation: [Double]
    }
    let stored, converted: [String: Values]
  }

  private let workspace: Workspace
  init() throws { workspace = try Workspace() }

  private static let folder =
    Bundle.module.resourceURL?.appending(path: "Golden/statistics") ?? URL(filePath: "/")
  private static let sets = ["gray8", "gray16", "rgb8", "rgb16", "mixed"]

  private func expected(_ name: String) throws -> Expected {
    let data = try Data(contentsOf: Self.folder.appending(path: "statistics.json"))
    return try #require(JSONDecoder().decode([String: Expected].self, from: data)[name])
  }

  /// Both sides have rounding of Double alone; NumPy's sums of a few hundred values are good to 1e-14.
  private func expectClose(_ found: [Double], _ wanted: [Double]) {
    #expect(found.count == wanted.count)
    for (found, wanted) in zip(found, wanted) { #expect(abs(found - wanted) <= 1e-13) }
  }

  @Test(arguments: sets) func meanAndDeviationAreNumPys(_ name: String) throws {
    let source = try ImageFolder(path: Self.folder.appending(path: name).path)
    let expected = try expected(name)
    let channels = try DatasetSurvey(of: source).run().channels
    #expect(channels.map(\.channels) == expected.stored.keys.compactMap { Int($0) }.sorted())
    for found in channels {
      let wanted = try #require(expected.stored["\(found.channels)"])
      #expect(found.images == wanted.images && found.pixels == wanted.pixels)
      expectClose(found.mean, wanted.mean)
      expectClose(found.standardDeviation, wanted.standardDeviation)
    }
    for channels in [1, 3] {
      let wanted = try #require(expected.converted["\(channels)"])
      let found = try NormalizationMeasurement(of: source, channels: channels, seed: 0)
      #expect(found.images == wanted.images)
      expectClose(found.mean, wanted.mean)
      expectClose(found.standardDeviation, wanted.standardDeviation)
    }
  }

  /// 4000 pixels of 65534 and 65535 have a deviation of half a level, which sums in Double would lose.
  @Test func smallDeviationsOfLargeValuesAreExact() throws {
    let samples = (0..<4000).map { UInt16(65534 + $0 % 2) }
    let image = Image(width: 80, height: 50, channels: 1, samples: .sixteenBit(samples))
    let source = ImagesInMemory(Array(repeating: image, count: 500))
    let found = try NormalizationMeasurement(of: source, channels: 1, seed: 0)
    #expect(abs(found.standardDeviation[0] * 65535 - 0.5) <= 1e-12)
    #expect(abs(found.mean[0] * 65535 - 65534.5) <= 1e-10)
  }

  private func texts(_ encodings: [DatasetStatistics.Encoding]) -> [String] {
    encodings.map { "\($0.format) \($0.channels) \($0.depth) \($0.images)" }
  }

  private func numbers(_ spread: DatasetStatistics.Spread?) -> [Double] {
    spread.map { [$0.minimum, $0.median, $0.maximum] } ?? []
  }

  private func makeOddSet() throws -> ImageFolder {
    for number in 0..<9 {
      try workspace.writeImage(
        number, to: "set/\(number < 6 ? "a" : "b")/\(number).png", width: 20, height: 10)
    }
    try workspace.writeImage(2, to: "set/b/copy of 2.png", width: 20, height: 10)
    try workspace.writeImage(2, to: "set/c/another.png", width: 20, height: 10)
    try workspace.writeImage(7, to: "set/loose.png", width: 5, height: 40, channels: 3)
    try Image(width: 4, height: 4, channels: 1, pixels: .init(repeating: 90, count: 15) + [97])
      .writePNG(to: URL(filePath: workspace.path("set/c/flat.png")))
    try workspace.writeText("no image", to: "set/c/text.jpg")
    return try ImageFolder(path: workspace.path("set"))
  }

  @Test func saysWhatASetConsistsOf() throws {
    let source = try makeOddSet()
    let found = try DatasetSurvey(of: source).run()
    #expect(found.path == source.path && found.images == 14 && found.surveyed == 14 && found.readable == 13)
    #expect(found.classes.map(\.name) == ["a", "b", "c"] && found.classes.map(\.images) == [6, 4, 3])
    #expect(found.unlabelled == 1 && found.imbalance == 2)
    #expect(found.decodedBytes == 11 * 200 + 600 + 16)
    let files = try (0..<source.count).reduce(0) { sum, index in
      let size = try FileManager.default.attributesOfItem(atPath: source.location(of: index))[.size] as? Int
      return sum + (source.location(of: index).hasSuffix("jpg") ? 0 : size ?? 0)
    }
    #expect(found.encodedBytes == files)
    #expect(texts(found.encodings) == ["png 1 8 12", "png 3 8 1"])
    #expect(numbers(found.width) == [4, 20, 20])
    #expect(numbers(found.height) == [4, 10, 40])
    #expect(numbers(found.aspectRatio) == [0.125, 2, 2])
    let sizes = found.sizes.map {
      [$0.minimumWidth, $0.maximumWidth, $0.minimumHeight, $0.maximumHeight, $0.images]
    }
    #expect(sizes == [[4, 7, 4, 7, 1], [4, 7, 32, 63, 1], [16, 31, 8, 15, 11]])
    let ratios = found.aspectRatios.map(\.images)
    #expect(ratios == [1, 0, 0, 0, 0, 1, 0, 0, 0, 11, 0])
    let place = workspace.path("set")
    #expect(found.duplicates == [["\(place)/a/2.png", "\(place)/b/copy of 2.png", "\(place)/c/another.png"]])
    #expect(found.redundantImages == 2)
    #expect(found.nearConstant == ["\(place)/c/flat.png"])
    #expect(found.unreadable.map(\.path) == ["\(place)/c/text.jpg"])
    #expect(found.unreadable.allSatisfy { $0.reason.contains("no image of a format that is read") })
  }

  @Test func threadsHaveNoInfluence() throws {
    let source = try makeOddSet()
    let one = try DatasetSurvey(of: source, options: LoadingOptions(threads: 1)).run()
    for threads in [2, 7] {
      #expect(try DatasetSurvey(of: source, options: LoadingOptions(threads: threads)).run() == one)
    }
    let data = try JSONEncoder().encode(one)
    #expect(try JSONDecoder().decode(DatasetStatistics.self, from: data) == one)
  }

  @Test func aSampleIsDrawnByTheSeed() throws {
    let source = try workspace.makeSet("set", count: 40, width: 6, height: 6)
    func survey(_ seed: UInt64) throws -> DatasetStatistics {
      try DatasetSurvey(of: source, sample: 12, seed: seed).run()
    }
    let found = try survey(1)
    #expect(found.images == 40 && found.surveyed == 12 && found.readable == 12)
    #expect(found.classes.map(\.images) == [20, 20])
    #expect(try survey(1) == found)
    #expect(try survey(2).channels != found.channels)
    #expect(try DatasetSurvey(of: source, sample: 41).run().surveyed == 40)
    let measured = try NormalizationMeasurement(of: source, channels: 1, limit: 12, seed: 1)
    #expect(measured.images == 12 && measured.mean == found.channels[0].mean)
    #expect(try NormalizationMeasurement(of: source, channels: 1, limit: 12, seed: 2).mean != measured.mean)
  }

  @Test func progressIsToldImageByImage() throws {
    let source = try makeOddSet()
    var told: [Int] = []
    _ = try DatasetSurvey(of: source).run { told.append($0) }
    #expect(told == Array(1...14))
  }

  @Test func measuringNeedsImagesThatDiffer() throws {
    try workspace.writeText("no image", to: "bad/1.png")
    let bad = try ImageFolder(path: workspace.path("bad"))
    let unreadable = try failure { _ = try NormalizationMeasurement(of: bad, channels: 3, seed: 0) }
    #expect(unreadable.problem.contains("none of 1 images") && unreadable.place == bad.path)
    let flat = ImagesInMemory([Image(width: 2, height: 1, channels: 3, pixels: [1, 5, 9, 2, 5, 8])])
    let constant = try failure { _ = try NormalizationMeasurement(of: flat, channels: 3, seed: 0) }
    #expect(constant.problem.contains("channel 1 has one value"))
  }

  @Test func rawSourcesAreSurveyedToo() throws {
    try workspace.write(
      idx([3, 2, 2], [0, 255, 0, 255, 9, 9, 9, 9, 0, 255, 0, 255]), to: "idx/train-images-idx3-ubyte")
    try workspace.write(idx([3], [2, 0, 2]), to: "idx/train-labels-idx1-ubyte")
    let source = try ImageSources.open(workspace.path("idx"))
    let found = try DatasetSurvey(of: source).run()
    #expect(texts(found.encodings) == ["raw 1 8 3"])
    #expect(found.classes.map(\.images) == [1, 0, 2] && found.imbalance == 2)
    #expect(found.duplicates == [[source.location(of: 0), source.location(of: 2)]])
    #expect(
      found.nearConstant == [source.location(of: 1)] && found.encodedBytes == 12 && found.decodedBytes == 12)
  }
}

/// A source of images that are in memory.
struct ImagesInMemory: ImageSource {
  private let images: [Image]
  init(_ images: [Image]) { self.images = images }

  let facts = ImageSetFacts(path: "memory")
  var count: Int { images.count }
  func label(of index: Int) -> Int? { nil }
  func location(of index: Int) -> String { "memory#\(index)" }
  func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    ImageReader(images[index], place: location(of: index))
  }
}
