import Datasets
import Foundation
import Testing

@Suite("What changed in a set")
struct DataListingTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func listing(_ name: String, like older: DataListing? = nil) throws -> DataListing {
    DataListing(of: try ImageFolder(path: workspace.path(name)), comparableWith: older?.summary)
  }

  private func change(_ alter: (String) throws -> Void) throws -> String? {
    _ = try workspace.makeSet("set", count: 8)
    let old = try listing("set")
    try alter("set")
    return old.change(to: try listing("set", like: old))
  }

  @Test func nothingWhereTheSetIsTheSameAlsoElsewhere() throws {
    _ = try workspace.makeSet("set", count: 8)
    let old = try listing("set")
    #expect(try old.change(to: listing("set", like: old)) == nil)
    try FileManager.default.moveItem(atPath: workspace.path("set"), toPath: workspace.path("elsewhere"))
    #expect(try old.change(to: listing("elsewhere", like: old)) == nil)
  }

  @Test func namesWhatIsMissing() throws {
    let text = try change { try FileManager.default.removeItem(atPath: workspace.path("\($0)/b/10004.png")) }
    #expect(text == "8 images when it was stopped, 7 now; first difference: b/10004.png is missing")
  }

  @Test func namesWhatIsNew() throws {
    let text = try change { try workspace.writeImage(9, to: "\($0)/a/5.png") }
    #expect(text == "8 images when it was stopped, 9 now; first difference: a/5.png is new")
    let last = try change { try workspace.writeImage(9, to: "\($0)/c/5.png") }
    #expect(last == "9 images when it was stopped, 10 now; first difference: c/5.png is new")
  }

  @Test func namesWhatIsRenamed() throws {
    let text = try change {
      try FileManager.default.moveItem(
        atPath: workspace.path("\($0)/a/10001.png"), toPath: workspace.path("\($0)/a/10001b.png"))
    }
    #expect(
      text
        == "8 images, not those that there were when it was stopped; first difference: a/10001.png is missing"
    )
  }

  @Test func namesAnImageOfAnotherClass() throws {
    for name in ["a", "b", "c"] { try workspace.writeText("", to: name + ".png") }
    try workspace.writeText("path,label\na.png,cat\nb.png,dog\nc.png,dog\n", to: "list.csv")
    let old = DataListing(of: try PathList(path: workspace.path("list.csv")))
    try workspace.writeText("path,label\na.png,cat\nb.png,cat\nc.png,dog\n", to: "list.csv")
    let new = DataListing(of: try PathList(path: workspace.path("list.csv")), comparableWith: old.summary)
    #expect(old.change(to: new)?.hasSuffix("first difference: b.png is of another class") == true)
  }

  @Test func saysWhereALargeSetBeginsToDiffer() throws {
    try workspace.writeText("", to: "100000.png")
    var rows = (0..<10_000).map { "\(100_000 + $0).png" }
    func list() throws -> PathList {
      try workspace.writeText(rows.joined(separator: "\n"), to: "list.txt")
      return try PathList(path: workspace.path("list.txt"))
    }
    let old = DataListing(of: try list())
    rows.remove(at: 5000)
    let new = DataListing(of: try list(), comparableWith: old.summary)
    let text =
      "10000 images when it was stopped, 9999 now; first difference: among the 3 images from 104998.png on"
    #expect(old.change(to: new) == text)
    let data = try JSONEncoder().encode(old)
    #expect(try JSONDecoder().decode(DataListing.self, from: data) == old)
  }
}
