import Datasets
import Foundation
import Imaging
import Platform
import Testing

struct PathListTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    // What the lists name is there, since one of no file that is there is refused.
    for name in (0..<6).map({ "\($0).png" }) + ["a.png", "b.png"] { try workspace.writeText("", to: name) }
  }

  private func labels(_ list: any ImageSource) -> [String?] {
    (0..<list.count).map { list.label(of: $0).map { list.classNames[$0] } }
  }

  private func open(_ text: String, as name: String) throws -> any ImageSource {
    try workspace.writeText(text, to: name)
    return try ImageSources.open(workspace.path(name))
  }

  @Test func readsQuotesAsPythonDoes() throws {
    struct Row: Decodable { let path, label: String }
    let rows: [Row] = try Golden.decoded("list.json")
    try workspace.write([UInt8](Data(contentsOf: URL(filePath: Golden.path("list.csv")))), to: "list.csv")
    try workspace.writeText("", to: rows[0].path)
    let list = try PathList(path: workspace.path("list.csv"))
    let folder = workspace.path
    #expect(list.count == rows.count)
    for (index, row) in rows.enumerated() {
      #expect(list.location(of: index) == (row.path.hasPrefix("/") ? row.path : folder + "/" + row.path))
    }
    // Blanks around a label do not count.
    let wanted = rows.map { $0.label.trimmingCharacters(in: .whitespaces) }
    #expect(labels(list) == wanted.map { $0.isEmpty ? nil : $0 })
    #expect(list.classNames == ["a, b", "say \"hi\"", "x"])
  }

  @Test func readsLinesAndThePixelsTheyName() throws {
    for number in 0..<3 { try workspace.writeImage(number, to: "lists/images/\(number) #.png") }
    let absolute = workspace.path("lists/images/2 #.png")
    let list = try open(
      "\u{feff}# all of them\r\n\r\n  images/0 #.png \r\n\t#images/9.png\n../lists/images/1 #.png\n\(absolute)",
      as: "lists/a.TXT")
    #expect((list as? any ImageSourceKind).map { type(of: $0).name } == "list" && list.count == 3)
    #expect(list.location(of: 0) == workspace.path("lists/images/0 #.png"))
    #expect(list.location(of: 2) == absolute)
    for number in 0..<3 { #expect(try list.image(at: number) == image(number)) }
    #expect(list.classNames.isEmpty && labels(list) == [nil, nil, nil])
    let gone = try failure { _ = try open("0.png\ngone.png\n", as: "gone.txt").image(at: 1) }
    #expect(gone.place == workspace.path("gone.png"))
  }

  @Test func headersMayNameColumnsInAnyOrder() throws {
    #expect(labels(try open("Label, PATH \nx,1.png\ny,2.png", as: "a.csv")) == ["x", "y"])
    #expect(labels(try open("path\tother\tclass\n1.png\t?\tz\n", as: "a.tsv")) == ["z"])
    let plain = try open("1.png,b,0.5\n2.png,a,0.7\n", as: "b.csv")
    #expect(labels(plain) == ["b", "a"] && plain.classNames == ["a", "b"])
    #expect(labels(try open("1.png\n2.png\n", as: "c.csv")) == [nil, nil])
    let header = try open("path\n1.png\r2.png\r", as: "d.csv")
    #expect(header.count == 2 && header.location(of: 1) == workspace.path("2.png"))
  }

  @Test func aColumnOfLabelsHoldsAnyNumber() throws {
    let list = try open(
      "labels,path\n\"dog|cat\",1.png\n,2.png\ncat|cat|cat,3.png\n\"a, b|say \"\"hi\"\"|dog\",4.png\n|dog||,5.png\n",
      as: "sets.csv")
    #expect(list.hasLabelSets && list.classNames == ["a, b", "cat", "dog", "say \"hi\""])
    #expect((0..<5).map { list.labels(of: $0) } == [[1, 2], [], [1], [0, 2, 3], [2]])
    #expect(labels(list) == [nil, nil, nil, nil, nil])
    #expect(list.location(of: 3) == workspace.path("4.png"))
    let part = SubsetImages(list, indices: [1, 3])
    #expect(part.hasLabelSets && part.labels(of: 1) == [0, 2, 3])
    // A column 'label' holds one: its bar is a part of the name.
    let single = try open("path,label\n1.png,a|b\n2.png,\n", as: "single.csv")
    #expect(!single.hasLabelSets && single.classNames == ["a|b"] && single.labels(of: 0) == [0])
    #expect(single.labels(of: 1).isEmpty)
  }

  @Test func ordersLabelsByBytesOrValue() throws {
    func classes(_ labels: [String]) throws -> [String] {
      let rows = labels.enumerated().map { "\($0).png,\($1)" }
      return try open(rows.joined(separator: "\n"), as: "order.csv").classNames
    }
    #expect(try classes(["10", "9", "-1", "9", "2.5"]) == ["-1", "2.5", "9", "10"])
    #expect(try classes(["10", "9", "x"]) == ["10", "9", "x"])
    // Numbers of one value are one class.
    #expect(try classes(["1.0", "01", "1", "0"]) == ["0", "1"])
    #expect(try classes(["1", "1.0", "x"]) == ["1", "1.0", "x"])
    #expect(try classes(["é", "z", "Z", "a"]) == ["Z", "a", "z", "é"])
    #expect(try classes(["nan", "2", "10"]) == ["10", "2", "nan"])
    #expect(try classes(["0x10", "9"]) == ["0x10", "9"])
  }

  @Test func saysWhereAListIsWrong() throws {
    let cases: [(String, String, String, String)] = [
      ("csv", "path,label\na.png,\"x\nb.png,y\n", "never closed", "line 2, column 7"),
      ("csv", "a.png,\"x\"y\n", "after a closing quote", "line 1, column 10"),
      ("csv", "a.png,x\nü \"b\".png,y\n", "without quotes", "line 2, column 3"),
      (
        "csv", "a.png,x\n\"b\nc.png\",y\nd.png\n", "1 fields in a list of 2 columns, separated by ','",
        "line 4, column 1"
      ),
      ("csv", "path,label\n,x\n", "an empty path", "line 2, column 1"),
      ("tsv", "label\tpath\nx\t\n", "an empty path", "line 2, column 3"),
      ("csv", "foo,label\na.png,x\n", "without a column of paths", "line 1, column 5"),
      ("csv", "file,image,label\na.png,b.png,x\n", "second column of paths", "line 1, column 6"),
      ("csv", "foto;art\na.png;x\n", "no columns that are known", "line 1, column 1"),
      ("csv", "foto,art\na.png,x\n", "no columns that are known", "line 1, column 1"),
      ("txt", "no.png\nnone.png\n", "none of the first 2 files", ""),
      ("txt", "a.png 1\nb.png 2\n", "none of the first 2 files", ""),
      ("csv", "path,label,class\na.png,x,y\n", "second column of labels", "line 1, column 12"),
      ("csv", "path,label,labels\na.png,x,y|z\n", "second column of labels", "line 1, column 12"),
      ("csv", "labels,path,class\nx|y,a.png,z\n", "second column of labels", "line 1, column 13"),
      ("csv", "path,Path\na.png,x\n", "second column of paths", "line 1, column 6"),
      ("txt", "a.png\n  b\0.png\n", "zero byte", "line 2, column 3"),
      ("txt", "# nothing\n\n", "no paths", ""), ("csv", "path,label\n", "no paths", ""),
      ("csv", "", "no paths", ""),
    ]
    for (format, text, problem, place) in cases {
      let found = try failure { _ = try open(text, as: "wrong.\(format)") }
      #expect(found.problem.contains(problem), "\(text): \(found)")
      #expect(
        found.place.hasPrefix(workspace.path("wrong.\(format)")) && found.place.hasSuffix(place), "\(found)")
    }
  }

  @Test func refusesWhatIsNoFile() throws {
    #expect(mkfifo(workspace.path("pipe.txt"), 0o600) == 0)
    #expect(
      try failure { _ = try ImageSources.open(workspace.path("pipe.txt")) }.problem == "not a regular file")
    // A sparse file that claims more than any list holds.
    try workspace.writeText("", to: "huge.csv")
    #expect(truncate(workspace.path("huge.csv"), 5 << 30) == 0)
    #expect(try failure { _ = try ImageSources.open(workspace.path("huge.csv")) }.problem.contains("limit"))
    try workspace.writeImage(1, to: "folder.txt/1.png")
    #expect(try ImageSources.open(workspace.path("folder.txt")) is ImageFolder)
  }

  @Test func feedsBadImagesByLocation() throws {
    for number in 0..<3 { try workspace.writeImage(number, to: "\(number).png") }
    let list = try open("0.png\nno.png\n2.png\n", as: "three.txt")
    let file = URL(filePath: workspace.path("bad.tsv"))
    let bad = try BadImages(in: list, file: file, maximumShare: 1)
    do { _ = try list.image(at: 1) } catch { try bad.record(1, error) }
    #expect(try BadImages(in: list, file: file, maximumShare: 1).entries.map(\.index) == [1])
  }
}
