import Foundation
import Imaging
import Platform

/// The files of a cache on disk: samples one after another, and an index that is only ever appended to.
///
/// A record is appended to the index when its samples are written. What a crash leaves behind the last whole record is
/// cut off; what a power failure leaves unwritten shows in the checksum of the samples.
final class CacheFiles: Sendable {
  /// Beginning of the index: the layout of the files, and the code that made the samples.
  static let header = Array("vitrail cache 2, decoding \(DecodeOptions.codeVersion)\n".utf8)
  private static let name = Array("vitrail cache ".utf8)
  static let indexName = "vitrail-cache.index"
  static let dataName = "vitrail-cache.samples"
  static let lockName = "vitrail-cache.lock"
  /// The most bytes of an index that are read: 16 million images.
  private static let maximumIndexBytes = 1 << 30

  /// Whether this process may write: one at a time does, until it ends.
  let isWritable: Bool
  private let index, data, lock: Int32

  /// Opens the files of a folder and creates those that are missing.
  ///
  /// - Throws: `Failure` when the folder does not let them be made or written.
  init(folder: String) throws(Failure) {
    var opened: [Int32] = []
    do throws(Failure) {
      for name in [Self.indexName, Self.dataName, Self.lockName] {
        opened.append(try Self.open(folder + "/" + name))
      }
    } catch {
      for descriptor in opened { close(descriptor) }
      throw error
    }
    (index, data, lock) = (opened[0], opened[1], opened[2])
    isWritable = flock(lock, LOCK_EX | LOCK_NB) == 0
  }

  deinit {
    close(index)
    close(data)
    close(lock)
  }

  /// What is wrong with what is in the files.
  enum Flaw {
    /// Another version of Vitrail made them.
    case otherVersion
    /// They are damaged; what comes after damage is not read.
    case damage
  }

  /// What is in the files, and what is wrong with them.
  func records() -> (records: [CacheRecord], flaw: Flaw?) {
    let (indexSize, dataSize) = (size(of: index), size(of: data))
    guard indexSize > 0 else { return ([], dataSize > 0 ? .damage : nil) }
    guard indexSize <= Self.maximumIndexBytes, let bytes = read(indexSize, at: 0, of: index) else {
      return ([], .damage)
    }
    guard bytes.starts(with: Self.header) else {
      return ([], bytes.starts(with: Self.name) ? .otherVersion : .damage)
    }
    var records: [CacheRecord] = []
    var start = Self.header.count
    while start + CacheRecord.size <= bytes.count {
      guard let record = CacheRecord(bytes[start..<start + CacheRecord.size], dataSize: dataSize) else {
        return (records, .damage)
      }
      records.append(record)
      start += CacheRecord.size
    }
    return (records, nil)
  }

  /// Cuts the files to what `count` records need; without any, starts them anew.
  ///
  /// - Returns: whether the system did so.
  func truncate(toRecords count: Int, dataSize: Int) -> Bool {
    guard ftruncate(index, off_t(count > 0 ? indexSize(count) : 0)) == 0,
      ftruncate(data, off_t(dataSize)) == 0
    else { return false }
    return count > 0 || write(Self.header, at: 0, of: index)
  }

  /// Writes an image's samples where its record says.
  func writeSamples(of image: Image, _ record: CacheRecord) -> Bool {
    image.samples.withUnsafeBytes { write($0, at: record.offset, of: data) }
  }

  /// Writes a record as the one of that number.
  func write(_ record: CacheRecord, number: Int) -> Bool {
    write(record.bytes, at: indexSize(number), of: index)
  }

  /// The image of a record; nil when its samples are not those that were written.
  func image(_ record: CacheRecord) -> Image? {
    let samples: PixelSamples? =
      switch record.sampleFormat {
      case .eightBit: self.samples(record, as: UInt8.self)
      case .sixteenBit: self.samples(record, as: UInt16.self)
      case .float: self.samples(record, as: Float.self)
      }
    guard let samples, ContentHash(of: samples) == record.checksum else { return nil }
    return Image(width: record.width, height: record.height, channels: record.channels, samples: samples)
  }

  /// Bytes of an index of that many records.
  func indexSize(_ count: Int) -> Int { Self.header.count + count * CacheRecord.size }

  private func samples<Sample: PixelSample>(_ record: CacheRecord, as _: Sample.Type) -> PixelSamples? {
    let count = record.width * record.height * record.channels
    var isWhole = false
    let samples = [Sample](unsafeUninitializedCapacity: count) { buffer, initialized in
      isWhole = fill(UnsafeMutableRawBufferPointer(buffer), from: record.offset, of: data)
      initialized = isWhole ? count : 0
    }
    return isWhole ? Sample.wrap(samples) : nil
  }

  private func read(_ count: Int, at offset: Int, of descriptor: Int32) -> [UInt8]? {
    var isWhole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      isWhole = fill(UnsafeMutableRawBufferPointer(buffer), from: offset, of: descriptor)
      initialized = isWhole ? count : 0
    }
    return isWhole ? bytes : nil
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int, of descriptor: Int32) -> Bool {
    var received = 0
    while received < buffer.count {
      let step = pread(
        descriptor, buffer.baseAddress.map { $0 + received }, buffer.count - received,
        off_t(offset + received))
      if step < 0 && errno == EINTR { continue }
      guard step > 0 else { return false }
      received += step
    }
    return true
  }

  private func write(_ bytes: [UInt8], at offset: Int, of descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { write($0, at: offset, of: descriptor) }
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, of descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let step = pwrite(
        descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written, off_t(offset + written))
      if step < 0 && errno == EINTR { continue }
      guard step > 0 else { return false }
      written += step
    }
    return true
  }

  private func size(of descriptor: Int32) -> Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  private static func open(_ path: String) throws(Failure) -> Int32 {
    let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o644)
    guard descriptor >= 0 else { throw systemFailure("cannot open a file of the cache", path) }
    return descriptor
  }
}
