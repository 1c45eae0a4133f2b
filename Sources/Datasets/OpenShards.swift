import Foundation
import Platform
import Synchronization

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
  private let recent = Mutex<[(number: Int, file: OpenFile)]>([])

  init(_ shards: [Shard]) { self.shards = shards }

  /// Archives that are open now.
  var openCount: Int { recent.withLock { $0.count } }

  /// The open archive `number`; it stays open while it is held.
  ///
  /// - Throws: `Failure` when it cannot be opened, or is another than the one that was scanned.
  func file(_ number: Int) throws(Failure) -> OpenFile {
    try recent.withLock { (recent) throws(Failure) in
      if let place = recent.firstIndex(where: { $0.number == number }) {
        if place > 0 { recent.insert(recent.remove(at: place), at: 0) }
        return recent[0].file
      }
      let shard = shards[number]
      let file = try OpenFile(shard.path, "archive")
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
