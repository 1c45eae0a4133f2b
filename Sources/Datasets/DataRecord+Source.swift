import Platform
import Records

extension DataRecord {
  /// Images that one thread looks at before it takes others.
  private static let pieceSize = 65_536

  /// What a source consists of. Its images are counted by the extensions of their files; a file whose pages are images
  /// counts once.
  public init(of source: any ImageSource) {
    let pieces = (source.count + Self.pieceSize - 1) / Self.pieceSize
    let parts = parallelMap(count: pieces) { piece in
      FileTally(source, piece * Self.pieceSize..<min((piece + 1) * Self.pieceSize, source.count)).counts
    }
    var total: [String: (files: Int, images: Int)] = [:]
    for (kind, count) in parts.joined() {
      total[kind, default: (0, 0)].files += count.files
      total[kind, default: (0, 0)].images += count.images
    }
    self.init(
      path: source.path, images: source.count, classes: source.classNames.count,
      files: total.map { FileCount(kind: $0.key, files: $0.value.files, images: $0.value.images) }
        .sorted { ($1.files, $0.kind) < ($0.files, $1.kind) },
      passedOver: source.passedOver)
  }
}

/// Files and images of some of a source, by extension.
private struct FileTally {
  private(set) var counts: [String: (files: Int, images: Int)] = [:]

  init(_ source: any ImageSource, _ indices: Range<Int>) {
    for index in indices {
      let path = PagedPath(source.location(of: index))
      let name = path.file.utf8.suffix(while: { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "#") })
      let ending = FileExtension.of(Array(name)[...])
      let kind = ending.isEmpty ? "" : ".\(ending)"
      // The first page stands for the file.
      if path.page ?? 0 == 0 { counts[kind, default: (0, 0)].files += 1 }
      counts[kind, default: (0, 0)].images += 1
    }
  }
}

extension BidirectionalCollection {
  /// The longest end of the collection all of whose elements fulfil a condition.
  fileprivate func suffix(while holds: (Element) -> Bool) -> SubSequence {
    self[(lastIndex { !holds($0) }.map { index(after: $0) } ?? startIndex)...]
  }
}
