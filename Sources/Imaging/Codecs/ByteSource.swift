/// Bytes that are looked at here and there.
protocol ByteSource {
  var count: Int { get }
  /// What a failure names.
  var place: String { get }
  /// `length` bytes from `position` on; nil beyond their end.
  func bytes(_ length: Int, at position: Int) -> [UInt8]?
}

extension EncodedFile: ByteSource {}

/// Bytes that lie in memory.
struct BytesInMemory: ByteSource {
  let place: String
  private let memory: UnsafeRawBufferPointer

  init(_ memory: UnsafeRawBufferPointer, place: String) {
    self.memory = memory
    self.place = place
  }

  var count: Int { memory.count }

  func bytes(_ length: Int, at position: Int) -> [UInt8]? {
    guard position >= 0, length >= 0, position <= count - length else { return nil }
    return [UInt8](memory[position..<position + length])
  }
}
