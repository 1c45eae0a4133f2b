/// Bytes at fixed places of a file by which its format is known.
struct FileSignature: Sendable, Hashable {
  private struct Part: Sendable, Hashable {
    let bytes: [UInt8]
    let offset: Int
  }

  private var parts: [Part]

  init(_ bytes: [UInt8], at offset: Int = 0) { parts = [Part(bytes: bytes, offset: offset)] }

  init(_ text: String, at offset: Int = 0) { self.init(Array(text.utf8), at: offset) }

  /// The signature of files that have these bytes as well.
  func and(_ bytes: [UInt8], at offset: Int) -> FileSignature {
    var signature = self
    signature.parts.append(Part(bytes: bytes, offset: offset))
    return signature
  }

  /// The signature of files that have this text as well.
  func and(_ text: String, at offset: Int) -> FileSignature { and(Array(text.utf8), at: offset) }

  /// Bytes from a file's start on that are enough to tell.
  var byteCount: Int { parts.reduce(0) { max($0, $1.offset + $1.bytes.count) } }

  /// Whether a file starts so.
  func matches(_ start: UnsafeRawBufferPointer) -> Bool {
    parts.allSatisfy { part in
      start.count >= part.offset + part.bytes.count
        && start[part.offset..<part.offset + part.bytes.count].elementsEqual(part.bytes)
    }
  }
}
