import Datasets
import Platform
import Testing

/// Lists as spreadsheets and other programs write them.
struct ListFormsTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    for number in 0..<4 { try workspace.writeImage(number, to: "img/\(number).png") }
  }

  private func open(_ text: String, as name: String = "list.csv") throws -> any ImageSource {
    try workspace.writeText(text, to: name)
    return try ImageSources.open(workspace.path(name))
  }

  private func rows(_ list: any ImageSource) -> [String] {
    (0..<list.count).map { index in
      let label = list.label(of: index).map { list.classNames[$0] } ?? "–"
      return list.location(of: index).dropFirst(workspace.path.count + 1) + " " + label
    }
  }

  @Test(arguments: [
    "image,target", "filename,class", "File Name,Category", "IMG_PATH,species", "filepath,title", "img,foo",
    "file,class_name",
  ])
  func knownNamesOfColumns(header: String) throws {
    #expect(
      try rows(open(header + "\nimg/0.png,owl\nimg/1.png,fox\n")) == ["img/0.png owl", "img/1.png fox"])
  }

  @Test func emptyRowsOfASpreadsheetArePassedOver() throws {
    let list = try open("path;label\r\nimg/0.png;owl\r\n;\r\nimg/1.png;fox\r\n;\r\n;\r\n")
    #expect(rows(list) == ["img/0.png owl", "img/1.png fox"])
    #expect(throws: Failure.self) { try open("path;label\r\n;owl\r\n") }
  }

  @Test func thePathAndTheLabelGoBeforeOtherNames() throws {
    let list = try open("id,image,path,target,label\n7,x,img/0.png,3,owl\n8,y,img/1.png,4,fox\n")
    #expect(rows(list) == ["img/0.png owl", "img/1.png fox"])
  }

  /// A class of the name of a column is a class where an image stands beside it.
  @Test func aFirstRowWithAnImageIsNoHeader() throws {
    #expect(try rows(open("img/0.png,image\nimg/1.png,label\n")) == ["img/0.png image", "img/1.png label"])
  }

  @Test(arguments: [
    ("path;label\nimg/0.png;owl\nimg/1.png;fox\n", "list.csv"),
    ("img/0.png;owl\nimg/1.png;fox\n", "list.csv"),
    ("img;label\nimg/0.png;owl\nimg/1.png;fox\n", "list.csv"),
    ("path\tlabel\nimg/0.png\towl\nimg/1.png\tfox\n", "list.csv"),
    ("path,label\nimg/0.png,owl\nimg/1.png,fox\n", "list.tsv"),
    ("img/0.png\towl\nimg/1.png\tfox\n", "list.txt"), ("img/0.png;owl\nimg/1.png;fox\n", "list.txt"),
    ("img/0.png,owl\r\nimg/1.png,fox\r\n", "list.txt"),
    ("path,label\nimg/0.png,owl\nimg/1.png,fox", "list.txt"),
  ])
  func whatSeparatesFieldsIsFound(text: String, name: String) throws {
    #expect(try rows(open(text, as: name)) == ["img/0.png owl", "img/1.png fox"])
  }

  @Test func namesWithDelimitersStayWhole() throws {
    for name in ["a;b.png", "a,b.png", "a b.png"] { try workspace.writeImage(1, to: name) }
    #expect(try rows(open("a;b.png\nimg/0.png\n")) == ["a;b.png –", "img/0.png –"])
    let lines = try open("a,b.png\na;b.png\na b.png\n", as: "list.txt")
    #expect(rows(lines) == ["a,b.png –", "a;b.png –", "a b.png –"])
  }

  @Test func labelsOfOneMeaningAreOneClass() throws {
    func classes(_ labels: String...) throws -> [String] {
      try open("path,label\n" + labels.map { "img/0.png,\($0)\n" }.joined()).classNames
    }
    #expect(try classes("1", "1.0", "10", "1e1", "2") == ["1", "2", "10"])
    #expect(try classes("cat", " cat", "cat\t", "\u{a0}cat", "dog ") == ["cat", "dog"])
    #expect(try classes("caf\u{e9}", "cafe\u{301}").count == 1)
    let sets = try open("path,labels\nimg/0.png,cat | dog\nimg/1.png,dog| |cat|cat \n")
    #expect(sets.classNames == ["cat", "dog"] && (0..<2).map { sets.labels(of: $0) } == [[0, 1], [0, 1]])
  }

  @Test func oneMissingLabelCostsNoOther() throws {
    let list = try open("path,label\nimg/0.png,owl\nimg/1.png,\nimg/2.png, \nimg/3.png,fox\n")
    #expect(rows(list) == ["img/0.png owl", "img/1.png –", "img/2.png –", "img/3.png fox"])
  }

  @Test func backslashesAreExplained() throws {
    let found = try failure { _ = try open("path,label\nimg\\0.png,owl\nimg\\1.png,fox\n") }
    #expect(found.problem.contains("img\\0.png") && found.remedy.contains("/ instead of \\"))
    let blanks = try failure { _ = try open("img/0.png 1\nimg/1.png 2\n", as: "list.txt") }
    #expect(blanks.remedy.contains("path,label"))
  }

  @Test func filesThatAreNotReadAreCounted() throws {
    let list = try open("path,label\nimg/0.png,owl\na.psd,owl\nb.JXL,fox\nimg/1.png,fox\nc.psd,owl\n")
    #expect(rows(list) == ["img/0.png owl", "img/1.png fox"])
    #expect(list.passedOver.entries.map(\.kind) == [".psd", ".jxl"] && list.passedOver.imageLikeCount == 3)
    #expect(list.passedOver.entries[0].count == 2 && list.passedOver.entries[0].example == "a.psd")
    #expect(
      try failure { _ = try open("a.psd\nb.psd\n", as: "none.txt") }.problem.contains("2 .psd (not read"))
  }
}
