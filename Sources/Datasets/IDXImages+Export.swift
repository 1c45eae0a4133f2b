import Foundation
import Imaging
import Platform

extension IDXImages {
  /// Writes the images as PNG files `class/000001.png`, named for their place in the set (without labels, in
  /// the folder itself). Each file appears whole or not at all; files that are there already stay.
  ///
  /// Files are not flushed to the disk one by one, which takes several times as long; one that a power
  /// failure left empty is written again.
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
    for name in self.classNames.isEmpty ? [""] : names { try makeFolder(folder.path + "/" + name) }
    var written = 0
    for index in 0..<min(limit ?? count, count) {
      let number = String(index)
      let file = String(repeating: "0", count: max(0, 6 - number.count)) + number + ".png"
      let subfolder = label(of: index).map { names[$0] + "/" } ?? ""
      let target = "\(folder.path)/\(subfolder)\(file)"
      var status = stat()
      if stat(target, &status) == 0 && status.st_size > 0 { continue }
      let data = try PNGEncoder.encode(image(at: index, limits: DecodeLimits()))
      try place(data, at: target)
      written += 1
    }
    return written
  }

  private func makeFolder(_ path: String) throws(Failure) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        "cannot make the folder: \(error.localizedDescription)", at: path,
        mend: "check the path, its permissions and the disk")
    }
  }
}

/// Writes beside the target, then renames.
private func place(_ data: Data, at path: String) throws(Failure) {
  let temporary = "\(path).\(getpid()).partial"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw systemFailure("cannot create the file", path) }
  let written = data.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  let problem = written == data.count ? nil : systemFailure("cannot write the file", path)
  close(descriptor)
  if problem == nil && rename(temporary, path) == 0 { return }
  let failure = problem ?? systemFailure("cannot put the finished file in place", path)
  unlink(temporary)
  throw failure
}
