import Imaging
import Platform

/// What the index of a cache on disk says about one image, in 64 bytes.
struct CacheRecord: Equatable, Sendable {
  /// Bytes of a record in the index.
  static let size = 64

  /// What the image was kept under.
  let key: ContentHash
  /// The fingerprint of the samples.
  let checksum: ContentHash
  /// Where its samples begin in the data.
  private(set) var offset: Int
  let width, height, channels: Int
  let sampleFormat: SampleFormat

  /// The record of an image whose samples begin the data.
  init(_ image: Image, key: ContentHash) {
    self.key = key
    checksum = ContentHash(of: image.samples)
    offset = 0
    width = image.width
    height = image.height
    channels = image.channels
    sampleFormat = image.samples.format
  }

  /// Bytes of the samples.
  var byteCount: Int { width * height * channels * sampleFormat.byteCount }
  /// Where they end in the data.
  var end: Int { offset + byteCount }

  /// The record with the samples at another place.
  func moved(to offset: Int) -> CacheRecord {
    var record = self
    record.offset = offset
    return record
  }

  /// Reads a record of an index whose data have `dataSize` bytes; nil when it is damaged or goes beyond them.
  init?(_ bytes: ArraySlice<UInt8>, dataSize: Int) {
    let words = bytes.withUnsafeBytes { memory in
      (0..<Self.size / 8).map {
        UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))
      }
    }
    guard words[7] == Self.check(words[..<7]) else { return nil }
    key = ContentHash(low: words[0], high: words[1])
    checksum = ContentHash(low: words[2], high: words[3])
    width = Int(words[5] & 0xffff_ffff)
    height = Int(words[5] >> 32)
    channels = Int(words[6] & 0xffff_ffff)
    let bytesPerSample = Int(words[6] >> 32)
    guard let offset = Int(exactly: words[4]), width > 0, height > 0,
      (1...Image.maximumChannels).contains(channels),
      let sampleFormat = SampleFormat.allCases.first(where: { $0.byteCount == bytesPerSample })
    else { return nil }
    self.offset = offset
    self.sampleFormat = sampleFormat
    let (size, overflow) = (width * channels * bytesPerSample).multipliedReportingOverflow(by: height)
    guard !overflow, size <= dataSize, offset <= dataSize - size else { return nil }
  }

  /// The record as the index holds it.
  var bytes: [UInt8] {
    var words = [
      key.low, key.high, checksum.low, checksum.high, UInt64(offset), UInt64(width) | UInt64(height) << 32,
      UInt64(channels) | UInt64(sampleFormat.byteCount) << 32,
    ]
    words.append(Self.check(words[...]))
    return words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  private static func check(_ words: ArraySlice<UInt64>) -> UInt64 {
    ContentHash(of: Array(words)).low
  }
}
