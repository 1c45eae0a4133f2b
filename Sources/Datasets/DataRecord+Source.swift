import Platform
import Records

extension DataRecord {
  /// Images that one thread looks at before it takes others.
  private static let pieceSize = 65_536

  /// What a source consists of. Its images are counted by the extensions of their files; a file that holds several of them,
  /// as pages or in an array, counts once.
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
    // Images of a file follow each other; those of a set that was cut may begin anywhere in it.
    var last = indices.lowerBound > 0 ? Self.file(of: indices.lowerBound - 1, in: source) : nil
    for index in indices {
      let file = Self.file(of: index, in: source)
      let ending = FileExtension.of(
        file.suffix(while: { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "#") }))
      let kind = ending.isEmpty ? "" : ".\(ending)"
      if file != last { counts[kind, default: (0, 0)].files += 1 }
      counts[kind, default: (0, 0)].images += 1
      last = file
    }
  }

  /// An image's location without the number that it may have in its file.
  private static func file(of index: Int, in source: any ImageSource) -> ArraySlice<UInt8> {
    let location = Array(source.location(of: index).utf8)
    let digits = location.suffix(while: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    let before = location[..<digits.startIndex]
    return !digits.isEmpty && before.last == UInt8(ascii: "#") ? before.dropLast() : location[...]
  }
}

extension BidirectionalCollection {
  /// The longest end of the collection all of whose elements fulfil a condition.
  fileprivate func suffix(while holds: (Element) -> Bool) -> SubSequence {
    self[(lastIndex { !holds($0) }.map { index(after: $0) } ?? startIndex)...]
  }
}
