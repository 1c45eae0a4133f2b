import Foundation

/// What shows that a folder is the one it was and that its names are those it had.
///
/// Whatever adds, removes or renames an entry moves both times. Programs may set the time of modification back, but
/// not that of the change.
struct FolderStamp: Equatable {
  /// Where the folder is stored.
  struct Identity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  let identity: Identity
  /// Nanoseconds since 1970.
  let modified: Int64
  /// Nanoseconds since 1970.
  let changed: Int64

  init(identity: Identity, modified: Int64, changed: Int64) {
    self.identity = identity
    self.modified = modified
    self.changed = changed
  }

  init(_ status: stat) {
    self.init(
      identity: Identity(
        device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino)),
      modified: Self.nanoseconds(status.modification), changed: Self.nanoseconds(status.change))
  }

  /// The stamp of the folder at `path`; nil when there is none.
  init?(at path: [UInt8]) {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    self.init(status)
  }

  /// Whether a change from now on moves the times for certain: they lie more than `margin` nanoseconds back, while
  /// file systems count time in steps of up to two seconds.
  func isSettled(margin: Int64) -> Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return max(modified, changed) < Self.nanoseconds(now) - margin
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    // Beyond the year 2262 times do not fit; wrapped they still tell a change.
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

extension stat {
  #if os(Linux)
    fileprivate var modification: timespec { st_mtim }
    fileprivate var change: timespec { st_ctim }
  #else
    fileprivate var modification: timespec { st_mtimespec }
    fileprivate var change: timespec { st_ctimespec }
  #endif
}
