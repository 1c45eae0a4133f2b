import Foundation
import Platform
import Records

/// What the files that a list names tell of how it is written.
struct ListFiles {
  private let list: String
  private let folder: String

  /// Files that are looked for before a list is refused in which none is there.
  private static let looked = 20

  init(list: String) {
    self.list = list
    folder = URL(filePath: list).deletingLastPathComponent().path
  }

  /// Whether there is a file at a path of the list, which may name a page of it.
  func exist(_ path: ArraySlice<UInt8>) -> Bool {
    let path = PagedPath(String(rawBytes: path)).file.rawBytes[...]
    guard path.first != UInt8(ascii: "/") else { return Self.exists(Array(path)) }
    return Self.exists(folder.rawBytes + [UInt8(ascii: "/")] + path)
  }

  private static func exists(_ path: [UInt8]) -> Bool {
    guard !path.isEmpty, !path.contains(0) else { return false }
    return (path + [0]).withUnsafeBytes { bytes in
      bytes.baseAddress.map { access($0.assumingMemoryBound(to: CChar.self), F_OK) == 0 } ?? false
    }
  }

  /// What separates the fields of a row; nil where a line is a path.
  ///
  /// A `.csv` or `.tsv` has commas or tabs, unless its first row is one field by these and more by another, the whole
  /// of which is no file. A `.txt` has fields only where the first line is no file and what stands before a delimiter
  /// is, or is the name of a column.
  func delimiter(of bytes: ArraySlice<UInt8>, _ format: PathList.Format) -> UInt8? {
    let own: UInt8? = if case .delimited(let delimiter) = format { delimiter } else { nil }
    let others = "\t;,".utf8.filter { $0 != own }
    func row(_ delimiter: UInt8) -> [DelimitedRows.Field]? {
      var rows = DelimitedRows(bytes, delimiter: delimiter, path: list)
      return (try? rows.next()).flatMap { $0 }
    }
    if let own, let fields = row(own), fields.count > 1 { return own }
    func endsLine(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }
    let line = bytes.drop(while: endsLine).prefix { !endsLine($0) }
    guard line.first != UInt8(ascii: "#"), !exist(line) else { return own }
    for delimiter in others {
      guard let fields = row(delimiter), fields.count > 1 else { continue }
      let isHeader = (try? ListColumns(header: fields)).flatMap { $0 } != nil
      if isHeader || exist(fields[0].text[...]) { return delimiter }
    }
    return own
  }

  /// Refuses a list in which none of the first files is there.
  func requireSome(of paths: PackedPaths, _ passedOver: PassedOver) throws(Failure) {
    guard paths.count > 0 else {
      let others = passedOver.isEmpty ? "" : ", but \(passedOver.summary)"
      throw Failure("no paths in this list\(others)", at: list, mend: "add some")
    }
    let count = min(paths.count, Self.looked)
    guard !(0..<count).contains(where: { exist(paths[$0]) }) else { return }
    let first = paths[0]
    let what = count == 1 ? "the file of the list is" : "none of the first \(count) files of the list is"
    throw Failure(
      "\(what) there, such as \(String(rawBytes: first))", at: list, mend: remedy(first))
  }

  private func remedy(_ path: ArraySlice<UInt8>) -> String {
    if path.contains(UInt8(ascii: "\\")) { return "write / instead of \\ between the names of folders" }
    if path.contains(where: { " \t;,".utf8.contains($0) }), ImageExtension.start(in: path) == nil {
      return "write path and label as a .csv with the first row path,label"
    }
    return "give paths from the folder of the list on, or from /"
  }
}
