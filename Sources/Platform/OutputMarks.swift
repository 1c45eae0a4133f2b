import Foundation

/// What says of folders and files that this program wrote them, so that no command takes them for data.
///
/// A hidden file `.vitrail` names, a line each, the pictures beside it that were written; a line `.` means the whole
/// folder. Names are the bytes that they are, but for line feeds, which stand there as zeros.
public struct OutputMarks: Sendable, Equatable {
  /// The name of the file.
  public static let fileName = ".vitrail"

  private static let heading =
    "# Written by vitrail: what is named here is never taken for data; . is the folder.\n"
  private static let maximumBytes = 16 << 20

  /// Whether the whole folder was written.
  public let isWhole: Bool
  /// The names of files that were written.
  public let names: Set<[UInt8]>

  /// The marks in the folder at `path`, which ends in a slash; none where they cannot be read.
  public init(in path: [UInt8]) {
    let file = String(rawBytes: path + Array(Self.fileName.utf8))
    let lines = Self.read(file).split(separator: UInt8(ascii: "\n"))
    let entries = lines.filter { $0.first != UInt8(ascii: "#") }
    isWhole = entries.contains { $0.elementsEqual([UInt8(ascii: ".")]) }
    names = Set(entries.map { $0.map { $0 == 0 ? UInt8(ascii: "\n") : $0 } })
  }

  /// Creates a folder and those above it where they are missing; one that is new or empty is marked as a whole.
  ///
  /// - Throws: `Failure` naming the path that cannot be created.
  public static func createFolder(_ url: URL) throws(Failure) {
    let isNew = isMissingOrEmpty(url.path)
    try AtomicFile.createFolder(url)
    if isNew { add([UInt8(ascii: ".")], in: url.path) }
  }

  /// Marks a picture that is about to be written; where that is not possible, it is left out.
  public static func note(_ picture: URL) {
    let name = picture.lastPathComponent.rawBytes
    let folder = picture.deletingLastPathComponent().path
    let marks = OutputMarks(in: folder.rawBytes + [UInt8(ascii: "/")])
    guard !marks.isWhole, !marks.names.contains(name) else { return }
    add(name.map { $0 == UInt8(ascii: "\n") ? 0 : $0 }, in: folder)
  }

  private static func add(_ line: [UInt8], in folder: String) {
    let path = folder + "/" + fileName
    let descriptor = path.withRawPath { open($0, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644) }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    let isNew = fstat(descriptor, &status) == 0 && status.st_size == 0
    let bytes = (isNew ? Array(heading.utf8) : []) + line + [UInt8(ascii: "\n")]
    _ = write(descriptor, bytes, bytes.count)
  }

  private static func read(_ path: String) -> [UInt8] {
    let descriptor = path.withRawPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= maximumBytes
    else { return [] }
    let data = try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd()
    return Array(data ?? Data())
  }

  private static func isMissingOrEmpty(_ path: String) -> Bool {
    guard let folder = path.withRawPath({ opendir($0) }) else { return errno == ENOENT }
    defer { closedir(folder) }
    let nameOffset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
    while let entry = readdir(folder) {
      let name = String(
        cString: (UnsafeRawPointer(entry) + nameOffset).assumingMemoryBound(to: CChar.self))
      if name != "." && name != ".." { return false }
    }
    return true
  }
}
