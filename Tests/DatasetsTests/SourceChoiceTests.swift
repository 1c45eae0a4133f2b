import Datasets
import Foundation
import Platform
import Testing

/// What decides which kind of set a path holds, and which part of it is taken.
struct SourceChoiceTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func open(_ name: String, _ split: DatasetSplit? = nil) throws -> any ImageSource {
    try ImageSources.open(workspace.path(name), split: split)
  }

  private func writeIDX(_ count: Int, to folder: String) throws {
    try workspace.write(
      idx([count, 2, 2], [UInt8](repeating: 7, count: 4 * count)), to: folder + "/train-images-idx3-ubyte")
  }

  private func writeShard(_ names: [String], to file: String) throws {
    let folder = workspace.path("members-\(names.count)")
    for (number, name) in names.enumerated() {
      try workspace.writeImage(number, to: "members-\(names.count)/" + name)
    }
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "-C", folder, "-cf", workspace.path(file)] + names
    try tar.run()
    tar.waitUntilExit()
    try #require(tar.terminationStatus == 0)
  }

  @Test func foldersOfImagesWin() throws {
    for number in 0..<3 { try workspace.writeImage(number, to: "set/cat/\(number).png") }
    try writeIDX(9, to: "set")
    try writeShard((0..<5).map { "\($0).png" }, to: "set/backup.tar")
    try workspace.writeText("", to: "set/data_batch_1.bin")
    let set = try open("set")
    #expect(set is ImageFolder && set.count == 3)
    #expect(Set(set.passedOver.entries.map(\.kind)) == ["IDX", ".tar", "CIFAR"])
    #expect(set.passedOver.entries.allSatisfy { $0.reason.contains("itself to read it") })
    let chosen = try open("set/train-images-idx3-ubyte")
    #expect(chosen is IDXImages && chosen.count == 9)
    #expect(try open("set/backup.tar").count == 5)
  }

  @Test func ofImagesBesideASetTheLargerWins() throws {
    try writeIDX(9, to: "few")
    try workspace.writeImage(0, to: "few/preview.png")
    let set = try open("few")
    #expect(set is IDXImages && set.count == 9)
    #expect(set.passedOver.summary.hasPrefix("1 image (beside a set in files"))
    #expect(set.passedOver.entries[0].example.hasSuffix("few/preview.png"))

    try workspace.makeFolder("many")
    try writeShard(["a.png"], to: "many/annotations.tar")
    for number in 0..<3 { try workspace.writeImage(number, to: "many/\(number).png") }
    let flat = try open("many")
    #expect(
      flat is ImageFolder && flat.count == 3 && flat.passedOver.summary.contains("1 .tar (archives beside"))

    // An archive without an image, or a damaged one, is none to lose images for.
    try workspace.writeText("no archive", to: "many/annotations.tar")
    #expect(try open("many").count == 3)
  }

  @Test(arguments: [
    ("train", "test"), ("Train", "Test"), ("TRAIN", "VAL"), ("training", "valid"), ("train", "validation"),
  ])
  func partsAreSeenInAnySpelling(train: String, test: String) throws {
    try workspace.writeImage(0, to: "set/\(train)/cat/0.png")
    try workspace.writeImage(1, to: "set/\(test)/cat/1.png")
    try workspace.writeImage(2, to: "set/extra/2.png")
    for split in [nil, DatasetSplit.train] {
      let set = try open("set", split)
      #expect(set.path == workspace.path("set/\(train)") && set.classNames == ["cat"] && set.count == 1)
      #expect(Set(set.passedOver.entries.map(\.kind)) == ["folder \(test)/", "folder extra/"])
    }
    #expect(try open("set", .test).path == workspace.path("set/\(test)"))
  }

  @Test func testIsPreferredToValidation() throws {
    for part in ["train", "val", "test"] { try workspace.writeImage(0, to: "set/\(part)/a/0.png") }
    #expect(try open("set", .test).path == workspace.path("set/test"))
  }

  @Test func imagesAreNotMeasuredOnThemselves() throws {
    for number in 0..<4 { try workspace.writeImage(number, to: "set/\(number % 2)/\(number).png") }
    let set = try open("set")
    #expect(
      try failure { try requireDistinct(train: set, test: open("set")) }.remedy.contains("--hold-out 0.2"))
    #expect(
      try failure { try requireDistinct(train: set, test: open("set/1")) }.problem.contains("lie among"))
    #expect(
      try failure { try requireDistinct(train: open("set/1"), test: set) }.problem.contains("lie among"))
    try workspace.writeImage(0, to: "set-b/0.png")
    try requireDistinct(train: set, test: open("set-b"))
    let halves = try SubsetImages.split(set, holdingOut: 0.5)
    try requireDistinct(train: halves.kept, test: halves.heldOut)
  }

  @Test func endlessWaysThroughLinksAreRefused() throws {
    try workspace.writeImage(0, to: "set/0/x.png")
    for level in 1...22 {
      try workspace.makeFolder("set/\(level)")
      for link in ["l", "r"] {
        try workspace.link("set/\(level)/\(link)", to: "../\(level - 1)")
      }
    }
    #expect(try failure { _ = try open("set") }.problem.contains("links reach in more than 1000 ways"))
  }
}
