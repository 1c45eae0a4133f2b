import Evaluation
import Foundation
import Imaging
import Platform
import Tensors
import Testing
import VisionTransformer

/// Stored features are of one writing, or are refused.
@Suite struct FeatureFilesTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("vitrail-features-\(UUID().uuidString)")

  private func features(_ seed: UInt64, labels: [Int] = [0, -1, 1]) throws -> Features {
    var noise = Noise(seed: seed)
    return try Features(
      count: 3, width: 2, values: (0..<6).map { _ in noise.next() }, labels: labels, classNames: ["a", "b"],
      origin: "test")
  }

  private func origin() throws -> FeatureOrigin {
    var configuration = VisionTransformerConfiguration()
    (configuration.imageHeight, configuration.imageWidth) = (8, 8)
    (configuration.patchSize, configuration.width, configuration.depth, configuration.headCount) = (
      4, 8, 1, 2
    )
    return FeatureOrigin(
      try VisionTransformer(configuration, parameters: ParameterStore(seed: 0)),
      Preprocessing(height: 8, width: 8, resizeShorterSide: 8))
  }

  private func write(_ seed: UInt64, _ paths: [String], to name: String) throws -> URL {
    let place = folder.appendingPathComponent(name)
    try FeatureFiles.write(features(seed), paths: paths, origin: origin(), to: place)
    return place
  }

  private func problem(_ place: URL) -> Failure? {
    do throws(Failure) {
      _ = try FeatureFiles.read(place)
      return nil
    } catch {
      return error
    }
  }

  @Test func rowsWithoutAClassComeBack() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let read = try FeatureFiles.read(write(1, ["x", "y", "z"], to: "a"))
    #expect(read.labels == [0, -1, 1] && read.classNames == ["a", "b"])
    #expect(try read.values == features(1).values)
  }

  /// Whichever file of an older result is left beside the new ones, or is damaged, it is named.
  @Test(arguments: ["features.npy", "labels.npy", "paths.txt", "classes.txt"])
  func filesOfTwoResultsAreRefused(name: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let new = try write(2, ["p", "q", "r"], to: "new")
    let file = new.appendingPathComponent(name)
    #expect(problem(new) == nil)
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count - 2] ^= 1
    try bytes.write(to: file)
    let found = try #require(problem(new))
    #expect(found.place == file.path && found.remedy.contains("vitrail embed"))
    try FileManager.default.removeItem(at: file)
    #expect(problem(new)?.problem.contains("missing") == true)
  }

  /// Written over an older result, the first file that is new already tells that the others are not.
  @Test func aWritingThatWasCutShortIsKnown() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (old, new) = (try write(1, ["x", "y", "z"], to: "old"), try write(2, ["p", "q", "r"], to: "new"))
    let names = ["origin.json", "features.npy", "labels.npy", "paths.txt"]
    for name in names {
      let file = old.appendingPathComponent(name)
      try FileManager.default.removeItem(at: file)
      try FileManager.default.copyItem(at: new.appendingPathComponent(name), to: file)
      // Labels and classes are equal in both: the last to differ makes the result whole.
      #expect((problem(old) == nil) == (name == "paths.txt"), "after \(name)")
    }
  }

  @Test func foldersOfOtherProgramsAreRead() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = try write(3, ["x", "y", "z"], to: "other")
    try FileManager.default.removeItem(at: place.appendingPathComponent("origin.json"))
    try Data("\u{feff}a\r\nb\r\n".utf8).write(to: place.appendingPathComponent("classes.txt"))
    #expect(try FeatureFiles.read(place).classNames == ["a", "b"])
    try FileManager.default.removeItem(at: place.appendingPathComponent("classes.txt"))
    #expect(try FeatureFiles.read(place).classNames == ["0", "1"])
  }

  /// Numbers in files are checked before memory is taken for them.
  @Test func runawayNumbersAreRefused() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = try write(4, ["x", "y", "z"], to: "far")
    for name in ["origin.json", "classes.txt"] {
      try FileManager.default.removeItem(at: place.appendingPathComponent(name))
    }
    let file = place.appendingPathComponent("labels.npy")
    let bytes = try Data(contentsOf: file)
    var far = bytes
    far.replaceSubrange((far.count - 8)..<far.count, with: [0, 0, 0, 64, 0, 0, 0, 0])
    try far.write(to: file)
    let found = try #require(problem(place))
    #expect(found.problem.contains("label 1073741824") && found.remedy.contains("classes.txt"))
    var long = bytes
    long.replaceSubrange(6..<12, with: [2, 0, 0, 0, 0, 64])
    try long.write(to: file)
    #expect(problem(place)?.problem.contains("a header of 1073741824 bytes") == true)
  }
}
