import Foundation
import Imaging
import Platform
import Synchronization

/// Keeps images in a folder, for later runs too.
///
/// One process at a time adds to it; others that come meanwhile read what was there when they opened it. Samples whose
/// checksum does not fit are decoded anew. A full disk ends the adding, not the run.
final class FolderCache: ImageCache {
  private enum Entry {
    case writing
    case kept(CacheRecord)
  }

  private struct State {
    var entries: [ContentHash: Entry] = [:]
    var recordCount = 0
    var writingCount = 0
    var dataSize = 0
    var accepts: Bool
    var hasNotedDamage = false
  }

  private static let usualBound = 20_000_000_000

  private let files: CacheFiles
  private let folder: String
  private let bound: Int
  private let note: @Sendable (String) -> Void
  private let state: Mutex<State>

  /// Opens the cache in a folder, which is made when missing.
  ///
  /// - Parameters:
  ///   - bound: the most bytes its files may take; nil means 20 GB, or half of what is free where that is less.
  ///   - note: told in a line what is damaged, or why nothing is added.
  /// - Throws: `Failure` when the folder cannot be made or written to.
  init(folder: String, bound: Int?, note: @escaping @Sendable (String) -> Void) throws(Failure) {
    try AtomicFile.createFolder(URL(filePath: folder, directoryHint: .isDirectory))
    files = try CacheFiles(folder: folder)
    self.folder = folder
    if let bound {
      self.bound = bound
    } else {
      self.bound = min(Self.usualBound, try MachineCapacity.freeDiskBytes(at: folder) / 2)
    }
    self.note = note
    var state = State(accepts: files.isWritable)
    let (records, flaw) = files.records()
    for record in records { state.entries[record.key] = .kept(record) }
    state.recordCount = records.count
    state.dataSize = records.map(\.end).max() ?? 0
    if !files.isWritable {
      note("another process adds to the cache in \(folder); this one only reads it")
    } else if !files.truncate(toRecords: records.count, dataSize: state.dataSize) {
      state.accepts = false
      note("the cache in \(folder) cannot be written: \(String(cString: strerror(errno)))")
    } else if let flaw {
      switch flaw {
      case .otherVersion: note("the cache in \(folder) is of another version of Vitrail; it is started anew")
      case .damage: note("the cache in \(folder) was damaged; \(records.count) of its images are kept")
      }
    }
    self.state = Mutex(state)
  }

  func image(for key: ContentHash) -> Image? {
    guard case .kept(let record)? = state.withLock({ $0.entries[key] }) else { return nil }
    if let image = files.image(record) { return image }
    let isFirst = state.withLock { state in
      defer { state.hasNotedDamage = true }
      state.entries[key] = nil
      return !state.hasNotedDamage
    }
    if isFirst { note("the cache in \(folder) is damaged; what does not fit its checksum is decoded anew") }
    return nil
  }

  func keep(_ image: Image, for key: ContentHash) {
    let isWanted = state.withLock { $0.accepts && $0.entries[key] == nil }
    guard isWanted, let record = reserve(CacheRecord(image, key: key)) else { return }
    let isWritten = files.writeSamples(of: image, record)
    let problem = state.withLock { state -> String? in
      state.writingCount -= 1
      if isWritten && state.accepts && files.write(record, number: state.recordCount) {
        state.entries[key] = .kept(record)
        state.recordCount += 1
        return nil
      }
      defer { state.accepts = false }
      state.entries[key] = nil
      return state.accepts ? String(cString: strerror(errno)) : nil
    }
    if let problem { note("nothing more is added to the cache in \(folder): \(problem)") }
  }

  /// The record with a place for its samples; nil when the image is there already, or when there is no room.
  private func reserve(_ record: CacheRecord) -> CacheRecord? {
    state.withLock { state in
      let end = state.dataSize + record.byteCount
      let indexSize = files.indexSize(state.recordCount + state.writingCount + 1)
      guard state.accepts, state.entries[record.key] == nil, end + indexSize <= bound else { return nil }
      let placed = record.moved(to: state.dataSize)
      state.dataSize = end
      state.writingCount += 1
      state.entries[record.key] = .writing
      return placed
    }
  }
}
