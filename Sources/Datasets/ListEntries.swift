import Foundation
import Platform

/// What stands in a list of paths.
struct ListEntries {
  private(set) var paths = PackedPaths()
  /// Numbers of `names`; −1 for a path without label.
  private(set) var labels: [Int32] = []
  /// Numbers of `names` where a path may have several; nil where a path has one at most.
  private(set) var labelSets: [[Int32]]?
  private(set) var names = LabelNames()

  /// Reads the text of the list at `path`.
  init(_ bytes: ArraySlice<UInt8>, _ format: PathList.Format, path: String) throws(Failure) {
    switch format {
    case .lines: try readLines(bytes, path)
    case .delimited(let delimiter):
      try readRows(DelimitedRows(bytes, delimiter: delimiter, path: path), path)
    }
  }

  private mutating func readLines(_ bytes: ArraySlice<UInt8>, _ path: String) throws(Failure) {
    var line = 0
    for text in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      line += 1
      let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0d }
      let start = text.drop(while: isBlank)
      guard let first = start.first, first != UInt8(ascii: "#") else { continue }
      let end = start.lastIndex { !isBlank($0) } ?? start.startIndex
      let position = TextPosition(path: path, line: line, before: text[..<start.startIndex])
      try append(start[...end], label: nil, position)
    }
  }

  private mutating func readRows(_ rows: DelimitedRows, _ path: String) throws(Failure) {
    var rows = rows
    guard let first = try rows.next() else { return }
    let header = try ListColumns(header: first)
    let columns = header ?? ListColumns(count: first.count)
    if columns.labelsAreSets { labelSets = [] }
    var row = header == nil ? first : try rows.next()
    while let fields = row {
      guard fields.count == first.count else {
        throw fields[0].position.failure(
          "\(fields.count) fields in a list of \(first.count) columns",
          mend: "give every row as many fields, in quotes those that hold a delimiter")
      }
      let path = fields[columns.path]
      try append(path.text[...], label: columns.label.map { fields[$0].text }, path.position)
      row = try rows.next()
    }
  }

  private mutating func append(
    _ path: ArraySlice<UInt8>, label: [UInt8]?, _ position: TextPosition
  ) throws(Failure) {
    guard !path.isEmpty else { throw position.failure("an empty path", mend: "give it, or remove the line") }
    guard !path.contains(0) else {
      throw position.failure("a path that holds a zero byte", mend: "write the list as UTF-8 text")
    }
    paths.append(path)
    guard labelSets == nil else {
      let parts = (label ?? []).split(separator: UInt8(ascii: "|")).map { Array($0) }
      var seen: Set<[UInt8]> = []
      labelSets?.append(parts.filter { seen.insert($0).inserted }.map { names.number(of: $0) })
      labels.append(-1)
      return
    }
    labels.append(label.flatMap { $0.isEmpty ? nil : names.number(of: $0) } ?? -1)
  }
}

/// Which columns of a list hold what.
struct ListColumns {
  let path: Int
  let label: Int?
  /// Whether the labels' column holds several with `|` between them.
  let labelsAreSets: Bool

  /// The columns of a list without header.
  init(count: Int) {
    path = 0
    label = count > 1 ? 1 : nil
    labelsAreSets = false
  }

  /// The columns that a header names; nil when the row is none.
  ///
  /// - Throws: `Failure` when it names labels but no path, or something twice.
  init?(header: [DelimitedRows.Field]) throws(Failure) {
    func columns(_ names: Set<String>) -> [Int] {
      header.indices.filter { column in
        names.contains(header[column].name)
      }
    }
    let (paths, labels) = (columns(["path"]), columns(["label", "class", "labels"]))
    guard !paths.isEmpty || !labels.isEmpty else { return nil }
    guard let path = paths.first else {
      throw header[labels[0]].position.failure(
        "a header without the column 'path'", mend: "name the column of the paths 'path'")
    }
    for twice in [paths, labels] where twice.count > 1 {
      throw header[twice[1]].position.failure(
        "a second column of \(twice == paths ? "paths" : "labels")", mend: "leave one, and rename the other")
    }
    self.path = path
    label = labels.first
    labelsAreSets = labels.first.map { header[$0].name == "labels" } ?? false
  }
}

extension DelimitedRows.Field {
  /// The name of a column, as it is compared.
  fileprivate var name: String {
    String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespaces).lowercased()
  }
}
