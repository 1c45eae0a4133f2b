import Datasets
import Foundation
import Imaging
import Platform
import Testing

struct IDXTests {
  private let workspace: Workspace
  private let pixels = (0..<5 * 4 * 3).map { UInt8($0 * 4) }
  private let labels: [UInt8] = [2, 0, 1, 2, 0]

  init() throws { workspace = try Workspace() }

  private func writeBoth(_ folder: String, _ prefix: String, gzip: Bool) throws {
    let files = [
      ("\(folder)/\(prefix)-images-idx3-ubyte", idx([5, 4, 3], pixels)),
      ("\(folder)/\(prefix)-labels-idx1-ubyte", idx([5], labels)),
    ]
    for (name, bytes) in files {
      if gzip {
        try workspace.writeGzip(bytes, to: name + ".gz")
      } else {
        try workspace.write(bytes, to: name)
      }
    }
  }

  @Test(arguments: [false, true]) func readsPlainAndGzip(gzip: Bool) throws {
    try writeBoth("set", "train", gzip: gzip)
    let opened = try #require(try ImageSources.open(workspace.path("set")) as? IDXImages)
    #expect(opened.count == 5 && opened.height == 4 && opened.width == 3)
    #expect(opened.classNames == ["0", "1", "2"])
    for index in 0..<5 {
      let image = try opened.image(at: index, options: DecodeOptions())
      #expect(image.pixels == Array(pixels[index * 12..<index * 12 + 12]))
      #expect((image.width, image.height, image.channels) == (3, 4, 1))
      #expect(opened.label(of: index) == Int(labels[index]))
    }
    #expect(opened.location(of: 3).hasSuffix("train-images-idx3-ubyte\(gzip ? ".gz" : "")#3"))
    #expect(throws: Failure.self) { try opened.image(at: 0, options: DecodeOptions(maximumPixels: 11)) }
    let test = try failure { _ = try ImageSources.open(workspace.path("set"), split: .test) }
    #expect(test.remedy.contains("t10k-images-idx3-ubyte"))
  }

  @Test func choosesTheSplitAndMayLackLabels() throws {
    try writeBoth("set", "train", gzip: false)
    try workspace.write(idx([1, 2, 2], [9, 8, 7, 6]), to: "set/t10k-images-idx3-ubyte")
    let test = try IDXImages(folder: workspace.path("set"), split: .test)
    #expect(test.count == 1 && test.classNames.isEmpty && test.label(of: 0) == nil)
    try workspace.write(idx([1, 2, 2], [9, 8, 7, 6]), to: "set/letters-test-images-idx3-ubyte")
    let several = try failure { _ = try IDXImages(folder: workspace.path("set"), split: .test) }
    #expect(several.problem.contains("letters-test") && several.problem.contains("t10k"))
  }

  @Test func refusesDamagedFiles() throws {
    let good = idx([5, 4, 3], pixels)
    let cases: [(String, [UInt8], String)] = [
      ("empty", [], "header"), ("header", Array(good[..<9]), "header"),
      ("magic", [0, 0, 13] + good[3...], "0 0 13 3"), ("axes", idx([60], pixels), "0 0 8 1"),
      ("short", Array(good.dropLast()), "claims 60 bytes"), ("long", good + [0], "claims 60 bytes"),
      ("none", idx([0, 4, 3], []), "without images"),
      ("huge", idx([1 << 31, 1 << 31, 1 << 31], []), "limit"),
      ("large", idx([1 << 16, 1 << 10, 1], pixels), "does not hold"),
    ]
    for (name, bytes, problem) in cases {
      for gzip in [false, true] {
        let file = "\(name)-\(gzip)/train-images-idx3-ubyte"
        if gzip {
          try workspace.writeGzip(bytes, to: file + ".gz")
        } else {
          try workspace.write(bytes, to: file)
        }
        let found = try failure { _ = try ImageSources.open(workspace.path("\(name)-\(gzip)")) }
        #expect(found.place.hasPrefix(workspace.path(file)), "\(name)")
        // What a compressed file holds shows only when it is read.
        let expected = ["short", "long"].contains(name) && gzip ? "60" : problem
        #expect(found.problem.contains(expected), "\(name): \(found)")
      }
    }
  }

  @Test func refusesDamagedGzip() throws {
    try workspace.writeGzip(idx([5, 4, 3], pixels), to: "good.gz")
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: workspace.path("good.gz"))))
    for count in stride(from: 2, to: bytes.count, by: 1) {
      try workspace.write(Array(bytes[..<count]), to: "cut/train-images-idx3-ubyte.gz")
      let found = try failure { _ = try ImageSources.open(workspace.path("cut")) }
      #expect(found.place.hasSuffix("ubyte.gz"), "\(count) bytes")
    }
    var wrong = bytes
    wrong[bytes.count - 6] ^= 1  // in the checksum
    try workspace.write(wrong, to: "cut/train-images-idx3-ubyte.gz")
    #expect(try failure { _ = try ImageSources.open(workspace.path("cut")) }.problem.contains("gzip"))
  }

  @Test func refusesLabelsOfAnotherSet() throws {
    try writeBoth("set", "train", gzip: false)
    try workspace.write(idx([4], [0, 1, 2, 3]), to: "set/train-labels-idx1-ubyte")
    let found = try failure { _ = try ImageSources.open(workspace.path("set")) }
    #expect(found.problem == "4 labels for 5 images" && found.place.contains("labels"))
  }

  @Test func exportsAFolderOfPNG() throws {
    try writeBoth("set", "train", gzip: true)
    let images = try IDXImages(folder: workspace.path("set"), split: .train)
    let target = URL(filePath: workspace.path("png"))
    let names = ["shirt", "coat", "bag"]
    #expect(try images.exportPNG(to: target, limit: 3, classNames: names) == 3)
    #expect(try images.exportPNG(to: target, classNames: names) == 2)
    #expect(try images.exportPNG(to: target, classNames: names) == 0)
    try workspace.write([], to: "png/bag/000000.png")
    #expect(try images.exportPNG(to: target, classNames: names) == 1)
    let folder = try ImageFolder(path: target.path)
    #expect(folder.classNames == ["bag", "coat", "shirt"] && folder.count == 5)
    #expect(folder.location(of: 0).hasSuffix("bag/000000.png"))
    for index in 0..<5 {
      let file = URL(filePath: folder.location(of: index)).deletingPathExtension().lastPathComponent
      let original = try #require(Int(file))
      #expect(
        try folder.image(at: index, options: DecodeOptions())
          == images.image(at: original, options: DecodeOptions()))
      let label = try #require(folder.label(of: index))
      #expect(images.label(of: original) == names.firstIndex(of: folder.classNames[label]))
    }
    for names in [["a", "b"], ["a", "b", "T-shirt/top"], ["a", "..", "b"]] {
      #expect(throws: Failure.self) { try images.exportPNG(to: target, classNames: names) }
    }
    try workspace.write(idx([1, 2, 2], [9, 8, 7, 6]), to: "bare/t10k-images-idx3-ubyte")
    try IDXImages(folder: workspace.path("bare"), split: .test)
      .exportPNG(to: URL(filePath: workspace.path("flat")))
    #expect(try ImageFolder(path: workspace.path("flat")).location(of: 0).hasSuffix("flat/000000.png"))
  }
}
