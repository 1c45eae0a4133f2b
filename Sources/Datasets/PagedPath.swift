import Platform

/// A path that may name one page of a file: `stack.tif#12`.
package struct PagedPath {
  /// The path of the file.
  package let file: String
  /// The page, counted from 0; nil where the path names the whole file.
  package let page: Int?

  /// Reads a path. A page is meant by digits behind a `#` that follows the extension of an image.
  package init(_ path: String) {
    if let mark = path.utf8.lastIndex(of: UInt8(ascii: "#")),
      case let digits = path.utf8[path.utf8.index(after: mark)...], (1...9).contains(digits.count),
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      case let file = String(path[..<mark]), ImageExtension.isImage(file)
    {
      self.file = file
      page = Int(path[path.index(after: mark)...])
    } else {
      file = path
      page = nil
    }
  }
}
