import Foundation
import Platform
import Records

/// The images, folders and links in one folder, in the order of their bytes, a folder's name counted with a slash at
/// its end.
///
/// Visiting folders in this order gives all paths below in the order of their bytes. Hidden names are left out.
struct FolderListing: Equatable {
  private static let slash = UInt8(ascii: "/")

  /// The names, each with a zero after it: images as they are, folders with a slash at the end, links with two.
  let entries: ArraySlice<UInt8>
  /// What else there is.
  let leftovers: FolderLeftovers

  /// Takes what was listed before.
  init(entries: ArraySlice<UInt8>, leftovers: FolderLeftovers) {
    self.entries = entries
    self.leftovers = leftovers
  }

  /// Lists a folder, by nothing but its own records where they tell the types.
  ///
  /// - Parameter path: ends in a slash.
  /// - Returns: the listing, and the folder's stamp from before it was listed.
  /// - Throws: `Failure` when it cannot be read.
  static func list(
    _ path: [UInt8], _ sign: ImageSign = .name
  ) throws(Failure) -> (listing: FolderListing, stamp: FolderStamp) {
    func failed(_ problem: String) -> Failure {
      systemFailure(problem, String(rawBytes: path))
    }
    guard let folder = path.withCString({ opendir($0) }) else { throw failed("cannot open the folder") }
    defer { closedir(folder) }
    var status = stat()
    guard fstat(dirfd(folder), &status) == 0 else { throw failed("cannot read the folder") }

    let nameOffset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
    var entries: [UInt8] = []
    var starts: [Int] = []
    var signs = OutputSigns()
    var leftovers = FolderLeftovers()
    errno = 0
    while let record = readdir(folder) {
      let start = UnsafeRawPointer(record) + nameOffset
      let name = UnsafeRawBufferPointer(
        start: start, count: strlen(start.assumingMemoryBound(to: CChar.self)))
      let isHidden = name.first == UInt8(ascii: ".")
      signs.see(name)
      switch kind(of: name, type: Int32(record.pointee.d_type), in: dirfd(folder), sign) {
      case .image where isHidden: leftovers.add(.hidden, name)
      case _ where isHidden: break
      case .other: leftovers.add(name)
      case .special: leftovers.add(.special, name)
      case .image: append(name, [])
      case .folder: append(name, [slash])
      case .link: append(name, [slash, slash])
      }
      errno = 0
    }
    guard errno == 0 else { throw failed("cannot read the folder") }
    leftovers.origin = signs.isRun ? .run : nil
    if signs.hasMarks {
      let marks = OutputMarks(in: path)
      if marks.isWhole { leftovers.origin = .output }
      starts.removeAll { start in
        let name = entries[start...].prefix { $0 != 0 }
        guard !marks.names.isEmpty, marks.names.contains(Array(name)) else { return false }
        leftovers.add(.picture, name)
        return true
      }
    }
    return (FolderListing(entries: sorted(entries, starts)[...], leftovers: leftovers), FolderStamp(status))

    func append(_ name: UnsafeRawBufferPointer, _ ending: [UInt8]) {
      starts.append(entries.count)
      entries.append(contentsOf: name)
      entries.append(contentsOf: ending)
      entries.append(0)
    }
  }

  /// The names by which a folder that this program wrote is known.
  private struct OutputSigns {
    private static let recipe = Array(RunFile.recipe.name.utf8)
    private static let metrics = Array(RunFile.metrics.name.utf8)
    private static let checkpoints = Array(RunFile.checkpoints.name.utf8)

    private var hasRecipe = false
    private var hasLog = false
    private(set) var hasMarks = false

    /// Whether it is that of a run, with or without a mark.
    var isRun: Bool { hasRecipe && hasLog }

    mutating func see(_ name: UnsafeRawBufferPointer) {
      switch name.first {
      case UInt8(ascii: "."): hasMarks = hasMarks || name.elementsEqual(OutputMarks.fileName.utf8)
      case Self.recipe.first: hasRecipe = hasRecipe || name.elementsEqual(Self.recipe)
      case Self.metrics.first: hasLog = hasLog || name.elementsEqual(Self.metrics)
      case Self.checkpoints.first: hasLog = hasLog || name.elementsEqual(Self.checkpoints)
      default: break
      }
    }
  }

  /// Calls `body` with each name in order; a folder's ends in a slash, a link's in two.
  func forEach(_ body: (_ name: ArraySlice<UInt8>) throws(Failure) -> Void) throws(Failure) {
    var start = entries.startIndex
    while let end = entries[start...].firstIndex(of: 0) {
      try body(entries[start..<end])
      start = end + 1
    }
  }

  /// The listing with what links lead to in their place; one that leads nowhere is a file.
  ///
  /// - Parameter path: that of the folder, with a slash at the end.
  func followingLinks(in path: [UInt8], _ sign: ImageSign) throws(Failure) -> FolderListing {
    guard hasLinks else { return self }
    var leftovers = leftovers
    var resolved: [UInt8] = []
    var starts: [Int] = []
    try forEach { (name) throws(Failure) in
      guard let name = Self.isLink(name) ? Self.target(of: name.dropLast(2), in: path, sign) : name else {
        leftovers.add(name.dropLast(2))
        return
      }
      starts.append(resolved.count)
      resolved += name
      resolved.append(0)
    }
    return FolderListing(entries: Self.sorted(resolved, starts)[...], leftovers: leftovers)
  }

  /// The names of the folders, and of links, which may lead to some.
  var folderNames: [String] {
    entries.split(separator: 0).filter { $0.last == Self.slash }.map { name in
      String(rawBytes: name.prefix { $0 != Self.slash })
    }
  }

  /// How many images there are.
  var imageCount: Int { entries.split(separator: 0).count { $0.last != Self.slash } }

  /// Whether there is a link.
  var hasLinks: Bool {
    entries.withUnsafeBytes { bytes in
      zip(bytes, bytes.dropFirst()).contains { $0 == Self.slash && $1 == Self.slash }
    }
  }

  private static func isLink(_ name: ArraySlice<UInt8>) -> Bool {
    name.count > 2 && name[name.endIndex - 2] == slash
  }

  /// The link's name, as that of an image or a folder; nil when it leads to something else.
  private static func target(
    of link: ArraySlice<UInt8>, in path: [UInt8], _ sign: ImageSign
  ) -> ArraySlice<UInt8>? {
    var status = stat()
    let isFound = (path + link).withCString { stat($0, &status) } == 0
    switch isFound ? status.st_mode & S_IFMT : S_IFREG {
    case S_IFDIR: return link + [slash]
    case S_IFREG: return sign.isImage(path + link, in: AT_FDCWD) ? link : nil
    default: return nil
    }
  }

  private enum Kind {
    case image, folder, link, other, special
  }

  private static func kind(
    of name: UnsafeRawBufferPointer, type: Int32, in folder: Int32, _ sign: ImageSign
  ) -> Kind {
    switch type {
    case Int32(DT_REG): return sign.isImage(name, in: folder) ? .image : .other
    case Int32(DT_DIR): return .folder
    case Int32(DT_LNK): return .link
    case Int32(DT_UNKNOWN):
      var status = stat()
      guard let start = name.assumingMemoryBound(to: CChar.self).baseAddress,
        fstatat(folder, start, &status, AT_SYMLINK_NOFOLLOW) == 0
      else { return .special }
      let types = [S_IFREG: DT_REG, S_IFDIR: DT_DIR, S_IFLNK: DT_LNK]
      return types[status.st_mode & S_IFMT].map { kind(of: name, type: Int32($0), in: folder, sign) }
        ?? .special
    default: return .special
    }
  }

  /// The entries in the order of their bytes.
  private static func sorted(_ entries: [UInt8], _ starts: [Int]) -> [UInt8] {
    entries.withUnsafeBytes { bytes in
      guard let base = bytes.bindMemory(to: CChar.self).baseAddress else { return [] }
      let order = starts.sorted { strcmp(base + $0, base + $1) < 0 }
      return [UInt8](unsafeUninitializedCapacity: entries.count) { output, count in
        for start in order {
          let length = strlen(base + start) + 1
          output.baseAddress.map {
            UnsafeMutableRawPointer($0 + count).copyMemory(from: base + start, byteCount: length)
          }
          count += length
        }
      }
    }
  }
}

extension [UInt8] {
  /// Calls `body` with the bytes and a zero after them.
  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("there is at least the zero") }
      return body(start)
    }
  }
}
