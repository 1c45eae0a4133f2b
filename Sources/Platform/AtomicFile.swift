import Foundation

/// Writes files that appear whole or not at all: temporary file beside the target, fsync, rename.
public enum AtomicFile {
  /// Writes `data` to `url`, replacing what was there.
  ///
  /// Without `durably` nothing is flushed to the disk: a power failure may empty the file, but a killed process
  /// leaves it whole. That is for many small files that can be made again.
  ///
  /// - Throws: `Failure` naming the path when a folder is missing, a permission refused or the disk full;
  ///   the previous file, if any, is untouched then.
  public static func write(_ data: Data, to url: URL, durably: Bool = true) throws(Failure) {
    try write(to: url, durably: durably) { (append) throws(Failure) in try append(data) }
  }

  /// Streams pieces to `url`; `body` receives a function that appends bytes.
  ///
  /// - Throws: whatever `body` throws, or `Failure` from the file system; nothing appears at `url` then.
  public static func write(
    to url: URL, durably: Bool = true,
    _ body: (_ append: (Data) throws(Failure) -> Void) throws(Failure) -> Void
  ) throws(Failure) {
    let temporary = try stage(url, durably: durably, body)
    try place(temporary, at: url)
    if durably { syncFolder(of: url) }
  }

  /// Writes files that belong together: all are on the disk under other names before the first appears, and they appear
  /// in their order.
  ///
  /// A process that is killed in between leaves some of the old files: the first one can tell, when it knows the others.
  ///
  /// - Throws: `Failure` from the file system; where a file could not be written, nothing appears.
  public static func write(_ files: [(url: URL, data: Data)]) throws(Failure) {
    var staged: [String] = []
    do throws(Failure) {
      for file in files {
        staged.append(
          try stage(file.url, durably: true) { (append) throws(Failure) in try append(file.data) })
      }
    } catch {
      for temporary in staged { unlink(temporary) }
      throw error
    }
    for (file, temporary) in zip(files, staged) { try place(temporary, at: file.url) }
    if let last = files.last { syncFolder(of: last.url) }
  }

  /// Writes the content of `url` under another name, which is returned.
  private static func stage(
    _ url: URL, durably: Bool, _ body: (_ append: (Data) throws(Failure) -> Void) throws(Failure) -> Void
  ) throws(Failure) -> String {
    let path = url.path
    let temporary = "\(path).\(getpid()).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw systemFailure("cannot create the file", path) }
    do throws(Failure) {
      defer { close(descriptor) }
      try body { (data) throws(Failure) in try appendAll(data, to: descriptor, path: path) }
      guard !durably || fsync(descriptor) == 0 else { throw systemFailure("cannot flush the file", path) }
    } catch {
      unlink(temporary)
      throw error
    }
    return temporary
  }

  private static func place(_ temporary: String, at url: URL) throws(Failure) {
    guard rename(temporary, url.path) == 0 else {
      let failure = systemFailure("cannot put the finished file in place", url.path)
      unlink(temporary)
      throw failure
    }
  }

  /// Makes `link` a symbolic link to `target` (a name relative to the link's folder), atomically.
  public static func link(_ link: URL, to target: String) throws(Failure) {
    let temporary = "\(link.path).\(getpid()).partial"
    unlink(temporary)
    guard symlink(target, temporary) == 0, rename(temporary, link.path) == 0 else {
      let failure = systemFailure("cannot create the link", link.path)
      unlink(temporary)
      throw failure
    }
    syncFolder(of: link)
  }

  /// Creates a folder and those above it where they are missing.
  ///
  /// - Throws: `Failure` naming the path that cannot be created.
  public static func createFolder(_ url: URL) throws(Failure) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue { return }
    let parent = url.deletingLastPathComponent()
    if parent.path != url.path { try createFolder(parent) }
    guard mkdir(url.path, 0o777) != 0 else { return }
    let code = errno
    // Somebody else may have come first.
    if code == EEXIST, FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
      isFolder.boolValue
    {
      return
    }
    errno = code
    throw systemFailure("cannot create the folder", url.path)
  }

  /// Removes what a killed process left unfinished in a folder.
  public static func removeUnfinished(in folder: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names where name.hasSuffix(".partial") {
      try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }
  }

  private static func appendAll(_ data: Data, to descriptor: Int32, path: String) throws(Failure) {
    var written = 0
    while written < data.count {
      let count = data.withUnsafeBytes { bytes in
        bytes.baseAddress.map { Foundation.write(descriptor, $0 + written, data.count - written) } ?? 0
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw systemFailure("cannot write the file", path) }
      written += count
    }
  }

  private static func syncFolder(of url: URL) {
    let descriptor = open(url.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// The `Failure` for the current `errno`, with a remedy that fits it.
public func systemFailure(_ problem: String, _ path: String) -> Failure {
  let code = errno
  let remedy =
    switch code {
    case ENOSPC, EDQUOT: "free some disk space, or choose another place, and run the command again"
    case EACCES, EPERM, EROFS: "change the permissions, or choose a place you may write to"
    case ENOENT, ENOTDIR: "check the path; its folder must exist"
    default: "check the path and the disk"
    }
  return Failure(
    "\(problem): \(String(cString: strerror(code)))", at: path, mend: remedy, errorNumber: code)
}
