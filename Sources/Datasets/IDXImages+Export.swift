import Foundation
import Imaging
import Platform

extension IDXImages {
  /// Writes the images as PNG files `class/000001.png`, named for their place in the set (without labels, in
  /// the folder itself). Each file appears whole or not at all; files that are there already stay,
  /// except empty ones.
  ///
  /// - Parameters:
  ///   - folder: made when missing.
  ///   - limit: how many images to write, the first of the set; nil means all.
  ///   - classNames: the names of the class folders; nil means `0`, `1`, …
  /// - Returns: how many files were written, those there already not counted.
  /// - Throws: `Failure` when names are missing or cannot be folder names, or the file system refuses.
  @discardableResult
  public func exportPNG(
    to folder: URL, limit: Int? = nil, classNames: [String]? = nil
  ) throws(Failure) -> Int {
    let names = classNames ?? self.classNames
    guard names.count >= self.classNames.count else {
      throw Failure(
        "\(names.count) class names for \(self.classNames.count) classes", at: path, mend: "name every class")
    }
    for name in names where name.isEmpty || name.hasPrefix(".") || name.contains("/") {
      throw Failure(
        "'\(name)' cannot be the name of a class folder", at: folder.path,
        mend: "leave out slashes and dots at the start")
    }
    for name in self.classNames.isEmpty ? [""] : names {
      try AtomicFile.createFolder(URL(filePath: folder.path + "/" + name, directoryHint: .isDirectory))
    }
    var written = 0
    var status = stat()
    for index in 0..<min(limit ?? count, count) {
      let number = String(index)
      let file = String(repeating: "0", count: max(0, 6 - number.count)) + number + ".png"
      let subfolder = label(of: index).map { names[$0] + "/" } ?? ""
      let target = "\(folder.path)/\(subfolder)\(file)"
      // A power failure can leave an unflushed file empty.
      if stat(target, &status) == 0 && status.st_size > 0 { continue }
      try image(at: index).writePNG(
        to: URL(filePath: target, directoryHint: .notDirectory), durably: false)
      written += 1
    }
    return written
  }
}
