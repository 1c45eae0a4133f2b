import Foundation
import Platform
import Records

/// A file of scalars for TensorBoard: TFRecords, each an `Event` in protobuf's wire format.
///
/// Events are only ever appended, and a crash can cut at most the last of them; TensorBoard passes over it.
public final class EventFile {
  /// A number with the name under which TensorBoard plots it, such as `train/loss`.
  public struct Scalar: Sendable, Equatable {
    /// The name; a part before `/` groups plots.
    public var tag: String
    /// The number; NaN and infinity are kept.
    public var value: Float

    /// Creates a scalar.
    public init(tag: String, value: Float) {
      self.tag = tag
      self.value = value
    }
  }

  /// The file.
  public let url: URL
  private let descriptor: Int32
  private var pending: [UInt8] = []
  /// Pending bytes beyond which they are written without being asked.
  private static let pendingLimit = 1 << 16

  /// Opens `events.out.tfevents.<seconds>.<host>.<process>` in an existing folder and writes its first
  /// event, which names the format.
  ///
  /// - Parameter wallTime: seconds since 1970; a clock that is set to before counts as 0.
  /// - Throws: `Failure` when the file cannot be created or written.
  public init(
    in folder: URL, wallTime: Double = Date().timeIntervalSince1970,
    host: String = ProcessInfo.processInfo.hostName, process: Int32 = getpid()
  ) throws(Failure) {
    let wallTime = min(max(0, wallTime), 1e15)
    let name = host.replacingOccurrences(of: "/", with: "-")
    url = folder.appendingPathComponent("\(RunFile.eventsPrefix)\(Int(wallTime)).\(name).\(process)")
    descriptor = open(url.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw systemFailure("cannot create the event file", url.path) }
    var event = ProtobufMessage()
    event.append(field: 1, double: wallTime)
    event.append(field: 3, bytes: Array("brain.Event:2".utf8))
    appendRecord(event.bytes)
    try flush()
  }

  deinit {
    // Whoever needs to know that the last events arrived calls flush().
    try? flush()
    close(descriptor)
  }

  /// Says that a session begins with `step`: TensorBoard then forgets what earlier files hold of this step and later.
  ///
  /// - Throws: `Failure` when the file cannot be written.
  public func beginSession(step: Int, wallTime: Double = Date().timeIntervalSince1970) throws(Failure) {
    var session = ProtobufMessage()
    session.append(field: 1, integer: 1)
    var event = ProtobufMessage()
    event.append(field: 1, double: wallTime)
    event.append(field: 2, integer: Int64(step))
    event.append(field: 7, bytes: session.bytes)
    appendRecord(event.bytes)
    try flush()
  }

  /// Adds one event with the scalars of a step; it reaches the file with `flush()` at the latest.
  ///
  /// - Throws: `Failure` when the file cannot be written; what is pending stays pending.
  public func append(
    _ scalars: [Scalar], step: Int, wallTime: Double = Date().timeIntervalSince1970
  ) throws(Failure) {
    var summary = ProtobufMessage()
    for scalar in scalars {
      var value = ProtobufMessage()
      value.append(field: 1, bytes: Array(scalar.tag.utf8))
      value.append(field: 2, float: scalar.value)
      summary.append(field: 1, bytes: value.bytes)
    }
    var event = ProtobufMessage()
    event.append(field: 1, double: wallTime)
    if step != 0 { event.append(field: 2, integer: Int64(step)) }
    event.append(field: 5, bytes: summary.bytes)
    appendRecord(event.bytes)
    if pending.count >= Self.pendingLimit { try flush() }
  }

  /// Hands every pending event to the operating system, where TensorBoard sees it.
  ///
  /// - Throws: `Failure` when the file cannot be written; what was not written stays pending.
  public func flush() throws(Failure) {
    var written = 0
    defer { pending.removeFirst(written) }
    while written < pending.count {
      let count = pending.withUnsafeBytes { bytes in
        bytes.baseAddress.map { write(descriptor, $0 + written, bytes.count - written) } ?? 0
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw systemFailure("cannot write the event file", url.path) }
      written += count
    }
  }

  /// A TFRecord: length, its masked checksum, the bytes, their masked checksum; little-endian.
  private func appendRecord(_ record: [UInt8]) {
    let length = littleEndianBytes(UInt64(record.count))
    pending += length
    pending += littleEndianBytes(CRC32C.masked(length))
    pending += record
    pending += littleEndianBytes(CRC32C.masked(record))
  }
}

/// Fields of a protobuf message in wire format.
private struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  mutating func append(field: UInt64, integer: Int64) {
    append(field << 3)
    append(UInt64(bitPattern: integer))
  }

  mutating func append(field: UInt64, double: Double) {
    append(field << 3 | 1)
    bytes += littleEndianBytes(double.bitPattern)
  }

  mutating func append(field: UInt64, bytes content: [UInt8]) {
    append(field << 3 | 2)
    append(UInt64(content.count))
    bytes += content
  }

  mutating func append(field: UInt64, float: Float) {
    append(field << 3 | 5)
    bytes += littleEndianBytes(float.bitPattern)
  }

  /// Seven bits a byte, lowest first; the top bit says that more follow.
  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

private func littleEndianBytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
  (0..<Integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}
