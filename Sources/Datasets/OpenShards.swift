import Foundation
import Platform
import Synchronization

/// An archive that is open for as long as the object lives.
final class OpenShard: Sendable {
  let descriptor: Int32
  /// Bytes of the file.
  let size: Int
  /// When it was changed last, in nanoseconds.
  let modified: Int
  private let path: String

  /// - Throws: `Failure` when it cannot be opened or is no regular file.
  init(path: String) throws(Failure) {
    // O_NONBLOCK: opening a pipe must not wait for a writer.
    let descriptor = path.withRawPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw systemFailure("cannot open the archive", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let failure = systemFailure("cannot read the archive", path)
      close(descriptor)
      throw failure
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Failure("not a regular file", at: path, mend: "put the archive itself there")
    }
    self.descriptor = descriptor
    self.path = path
    size = Int(status.st_size)
    modified = Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
  }

  deinit { close(descriptor) }

  /// `count` bytes from `offset` on.
  ///
  /// - Throws: `Failure` when they cannot be read.
  func read(_ count: Int, at offset: Int) throws(Failure) -> [UInt8] {
    var isCutShort = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, received in
      guard let base = buffer.baseAddress else { return }
      while received < count {
        let step = pread(descriptor, base + received, count - received, off_t(offset + received))
        if step < 0 && errno == EINTR { continue }
        isCutShort = step == 0
        guard step > 0 else { return }
        received += step
      }
    }
    guard !isCutShort else {
      throw Failure("the archive became shorter while it was read", at: path, mend: "start again")
    }
    guard bytes.count == count else { throw systemFailure("cannot read the archive", path) }
    return bytes
  }
}

/// The archives of a set, of which the last used are kept open for all threads.
final class OpenShards: Sendable {
  /// An archive as it was when it was scanned.
  struct Shard: Sendable {
    let path: String
    let size: Int
    let modified: Int
  }

  /// The most archives that are kept open.
  static let capacity = 64

  let shards: [Shard]
  // The last used first.
  private let recent = Mutex<[(number: Int, file: OpenShard)]>([])

  init(_ shards: [Shard]) { self.shards = shards }

  /// Archives that are open now.
  var openCount: Int { recent.withLock { $0.count } }

  /// The open archive `number`; it stays open while it is held.
  ///
  /// - Throws: `Failure` when it cannot be opened, or is another than the one that was scanned.
  func file(_ number: Int) throws(Failure) -> OpenShard {
    try recent.withLock { (recent) throws(Failure) in
      if let place = recent.firstIndex(where: { $0.number == number }) {
        if place > 0 { recent.insert(recent.remove(at: place), at: 0) }
        return recent[0].file
      }
      let shard = shards[number]
      let file = try OpenShard(path: shard.path)
      guard file.size == shard.size, file.modified == shard.modified else {
        throw Failure(
          "the archive was changed since its headers were read", at: shard.path, mend: "start again")
      }
      if recent.count >= Self.capacity { recent.removeLast() }
      recent.insert((number, file), at: 0)
      return file
    }
  }
}
