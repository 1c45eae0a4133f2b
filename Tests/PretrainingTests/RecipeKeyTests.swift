import Foundation
import Platform
import Pretraining
import Testing

@Suite("Every key of a recipe")
struct RecipeKeyTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let groups = KeyGroup.recipe()

  /// `VITRAIL_WRITE_KEYS=1` writes the file instead; Scripts/keys does so.
  @Test func theMeaningsAreTheDocCommentsOfTheDeclarations() throws {
    let file = Self.root.appendingPathComponent("Sources/CRecipes/keys.tsv")
    let found = try KeyDeclarations(below: Self.root.appendingPathComponent("Sources")).text
    if ProcessInfo.processInfo.environment["VITRAIL_WRITE_KEYS"] != nil {
      try AtomicFile.write(Data(found.utf8), to: file)
    }
    let written = try String(contentsOf: file, encoding: .utf8)
    #expect(found == written, "doc comments changed: run Scripts/keys")
  }

  /// The decoder, asked for a key that nobody has, lists all that there are.
  @Test(arguments: groups.map(\.title))
  func allKeysOfTheDecoderAreListed(_ title: String) throws {
    let group = try #require(Self.groups.first { $0.title == title })
    let failure = try #require(throws: Failure.self) {
      try RecipeFile.load(nil, overrides: [Self.override(group, "qqqqqqqqqqqqqqqqqqqq", "1")])
    }
    let allowed = failure.remedy.dropFirst("allowed: ".count).components(separatedBy: ", ")
    #expect(Set(group.keys.map { Self.last($0) }) == Set(allowed), "\(failure)")
    for key in group.keys { #expect(key.summary.count > 5, "\(key.name) has no meaning") }
  }

  @Test func everyNumberHasARange() {
    for key in Self.groups.flatMap(\.keys) where !Self.last(key).lowercased().hasSuffix("seed") {
      #expect(!key.values.contains("a finite number") && !key.values.contains("whole number"), "\(key.name)")
    }
  }

  @Test(arguments: groups.map(\.title))
  func numbersOutOfTheirRangeAreRefusedByName(_ title: String) throws {
    let group = try #require(Self.groups.first { $0.title == title })
    for key in group.keys where key.values.contains(/\d( …|,| or more)/) {
      for number in ["-1e300", "1e300"] {
        let value =
          key.values.hasPrefix("a list") || key.values.contains("a list of numbers") ? "[\(number)]" : number
        let failure = try #require(throws: Failure.self, "\(key.name): \(value)") {
          try RecipeFile.load(nil, overrides: [Self.override(group, Self.last(key), value)])
        }
        #expect(failure.place.contains(Self.last(key)), "\(failure)")
      }
    }
  }

  private static func last(_ key: RecipeKey) -> String { String(key.name.split(separator: ".").last ?? "") }

  /// The override that gives a key of a group a value.
  private static func override(_ group: KeyGroup, _ key: String, _ value: String) -> String {
    let path = group.keys[0].name.split(separator: ".").dropLast().joined(separator: ".")
    var entries = ["\(key): \(value)"]
    if let kind = group.keys[0].kind { entries.append("kind: \(kind)") }
    if path == "data.mix" && key != "path" { entries.append("path: x") }
    if path == "train.monitor" && key != "train" { entries.append("train: x") }
    let object = "{\(entries.joined(separator: ", "))}"
    let isList = ["data.mix", "data.views", "data.augmentations"].contains(path)
    return "\(path)=" + (isList ? "[\(object)]" : object)
  }
}
