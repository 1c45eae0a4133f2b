import Datasets
import Foundation
import Imaging
import Platform
import Testing

struct CIFARTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func copy(_ golden: String, to name: String) throws {
    try workspace.makeFolder((name as NSString).deletingLastPathComponent)
    try FileManager.default.copyItem(atPath: Golden.path(golden), toPath: workspace.path(name))
  }

  /// All images one below the other, as NumPy and Pillow put them.
  private func expectImages(_ source: any ImageSource, _ golden: String) throws {
    let expected = try Golden.image(golden)
    #expect(expected.width == 32 && expected.height == 32 * source.count)
    for index in 0..<source.count {
      let image = try source.image(at: index)
      #expect((image.width, image.height, image.channels) == (32, 32, 3))
      #expect(image.pixels == Array(expected.pixels[index * 3072..<(index + 1) * 3072]), "image \(index)")
    }
  }

  @Test func readsTheTen() throws {
    let train = try ImageSources.open(Golden.path("cifar10"))
    #expect(ImageSources.kind(of: train) == "cifar" && train.count == 5)
    try expectImages(train, "cifar10-train.png")
    #expect((0..<5).map { train.label(of: $0) } == [3, 6, 9, 2, 5])
    #expect(
      train.classNames.count == 10 && train.classNames[0] == "airplane" && train.classNames[9] == "truck")
    #expect(try train.location(of: 2) == Golden.path("cifar10/data_batch_3.bin") + "#0")
    let test = try ImageSources.open(Golden.path("cifar10"), split: .test)
    try expectImages(test, "cifar10-test.png")
    #expect((0..<2).map { test.label(of: $0) } == [9, 0])
    #expect(test.location(of: 1).hasSuffix("test_batch.bin#1"))
    #expect(throws: Failure.self) { try test.image(at: 0, options: DecodeOptions(maximumPixels: 1023)) }
  }

  @Test func readsTheHundredByFineLabels() throws {
    let train = try ImageSources.open(Golden.path("cifar100"), split: .train)
    try expectImages(train, "cifar100-train.png")
    #expect((0..<2).map { train.label(of: $0) } == [99, 7])
    #expect(train.classNames == (0..<100).map(String.init))
    let test = try ImageSources.open(Golden.path("cifar100"), split: .test)
    try expectImages(test, "cifar100-test.png")
    #expect(test.label(of: 0) == 42)
  }

  @Test(arguments: [("cifar10", "cifar-10-batches-bin"), ("cifar100", "cifar-100-binary")])
  func findsTheFolderOfTheArchive(golden: String, folder: String) throws {
    try copy(golden, to: "set/\(folder)")
    let found = try ImageSources.open(workspace.path("set"))
    #expect(found.path == workspace.path("set/\(folder)") && ImageSources.kind(of: found) == "cifar")
  }

  @Test func refusesDamagedFiles() throws {
    let good = try Golden.bytes("cifar10/data_batch_1.bin")
    let cases: [(String, [UInt8], String)] = [
      ("empty", [], "0 bytes"), ("short", Array(good.dropLast()), "3072 bytes"),
      ("long", good + [0], "3074 bytes"),
      ("label", good + [10] + good.dropFirst(), "record 1 has the label 10"),
    ]
    for (name, bytes, problem) in cases {
      try copy("cifar10", to: "\(name)/set")
      try workspace.write(bytes, to: "\(name)/set/data_batch_1.bin")
      let found = try failure { _ = try ImageSources.open(workspace.path("\(name)/set")) }
      #expect(found.problem.contains(problem), "\(found)")
      #expect(found.place == workspace.path("\(name)/set/data_batch_1.bin"))
      #expect(try ImageSources.open(workspace.path("\(name)/set"), split: .test).count == 2)
    }
    try copy("cifar100", to: "hundred/set")
    try workspace.write(
      [0, 100] + (try Golden.bytes("cifar100/test.bin")).dropFirst(2), to: "hundred/set/test.bin")
    let hundred = try failure { _ = try ImageSources.open(workspace.path("hundred/set"), split: .test) }
    #expect(hundred.problem.contains("label 100"))
  }

  @Test func refusesMissingAndHugeFilesAndWrongNames() throws {
    try copy("cifar10", to: "a/set")
    try FileManager.default.removeItem(atPath: workspace.path("a/set/data_batch_3.bin"))
    let missing = try failure { _ = try ImageSources.open(workspace.path("a/set")) }
    #expect(missing.place.hasSuffix("data_batch_3.bin") && missing.problem.contains("No such file"))
    #expect(truncate(workspace.path("a/set/test_batch.bin"), 17 << 30) == 0)
    let huge = try failure { _ = try ImageSources.open(workspace.path("a/set"), split: .test) }
    #expect(huge.problem.contains("above the limit"))
    try copy("cifar10", to: "b/set")
    try workspace.writeText("one\ntwo\n", to: "b/set/batches.meta.txt")
    let names = try failure { _ = try ImageSources.open(workspace.path("b/set")) }
    #expect(names.problem == "2 names for 10 classes" && names.place.hasSuffix("batches.meta.txt"))
  }

  /// `train.bin` is a common name: it alone makes no CIFAR of a folder of images.
  @Test func imagesBesideATrainFileAreAFolder() throws {
    try workspace.writeImage(1, to: "photos/1.png")
    try workspace.write([1, 2, 3], to: "photos/train.bin")
    #expect(try ImageSources.open(workspace.path("photos")) is ImageFolder)
  }
}
