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

  /// Files that are passed over, by their extensions.
  private(set) var passedOver: PassedOverTally

  /// Reads the text of the list at `path`.
  init(_ bytes: ArraySlice<UInt8>, _ format: PathList.Format, path: String) throws(Failure) {
    let files = ListFiles(list: path)
    passedOver = PassedOverTally(prefix: "")
    if let delimiter = files.delimiter(of: bytes, format) {
      try readRows(DelimitedRows(bytes, delimiter: delimiter, path: path), files)
    } else {
      try readLines(bytes, path)
    }
    try files.requireSome(of: paths, passedOver.passedOver)
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

  private mutating func readRows(_ rows: DelimitedRows, _ files: ListFiles) throws(Failure) {
    let separator = rows.separatorName
    var rows = rows
    guard let first = try rows.next() else { return }
    let header = try ListColumns(header: first)
    let columns = header ?? ListColumns(count: first.count)
    if columns.labelsAreSets { labelSets = [] }
    if header == nil { try refuseUnknownHeader(first, files) }
    var row = header == nil ? first : try rows.next()
    while let fields = row {
      // What a spreadsheet writes of an empty row: separators alone.
      if fields.count > 1, fields.allSatisfy(\.text.isEmpty) {
        row = try rows.next()
        continue
      }
      guard fields.count == first.count else {
        throw fields[0].position.failure(
          "\(fields.count) fields in a list of \(first.count) columns, separated by \(separator)",
          mend: "give every row as many fields, in quotes those that hold a delimiter")
      }
      let path = fields[columns.path]
      try append(path.text[...], label: columns.label.map { fields[$0].text }, path.position)
      row = try rows.next()
    }
  }

  /// Refuses a first row that is neither a known header nor an image.
  private func refuseUnknownHeader(
    _ first: [DelimitedRows.Field], _ files: ListFiles
  ) throws(Failure) {
    let path = first[0].text[...]
    guard !path.isEmpty, !FileExtension.isImageLike(path), !files.exist(path) else { return }
    let names = first.prefix(4).map { "'\(String(decoding: $0.text, as: UTF8.self))'" }
    throw first[0].position.failure(
      "a first row of no columns that are known, and no file: \(names.joined(separator: ", "))",
      mend: "name the columns path and label (\(ListColumns.known)), or give a file that is there")
  }

  private mutating func append(
    _ path: ArraySlice<UInt8>, label: [UInt8]?, _ position: TextPosition
  ) throws(Failure) {
    guard !path.isEmpty else { throw position.failure("an empty path", mend: "give it, or remove the line") }
    guard !path.contains(0) else {
      throw position.failure("a path that holds a zero byte", mend: "write the list as UTF-8 text")
    }
    if ImageExtension.start(in: path) == nil, case let ending = FileExtension.of(path),
      let reason = UnreadExtension.reason(ending)
    {
      passedOver.add(".\(ending)", reason, Array(path), isImageLike: true)
      return
    }
    paths.append(path)
    guard labelSets == nil else {
      let parts = (label ?? []).split(separator: UInt8(ascii: "|")).compactMap { names.number(of: Array($0)) }
      labelSets?.append(parts)
      labels.append(-1)
      return
    }
    labels.append(label.flatMap { names.number(of: $0) } ?? -1)
  }
}
