/// Lempel, Ziv and Welch's coding as GIF uses it: codes of up to 12 bits, the lowest bit first, in blocks of up to 255 bytes.
///
/// Each code stands for a string: of one index, or of an earlier string and one more index.
final class LZWDecoder {
  /// Why no more indices come.
  enum End {
    /// The file ends, or the data say that they do.
    case early
    /// A code that stands for nothing.
    case damaged
  }

  private static let longest = 4096

  private let bytes: UnsafeRawBufferPointer
  private var offset: Int
  private var blockEnd: Int
  private var bits = 0
  private var bitCount = 0

  private let clear: Int
  private let codeSize: Int
  private var codeWidth: Int
  private var next: Int
  private var previous = -1
  // Of each code the string before its last index, and that index. Both are the object's own, of `longest` elements.
  private let prefixes: UnsafeMutablePointer<UInt16>
  private let suffixes: UnsafeMutablePointer<UInt8>
  // A string that is not handed out yet, at the end of `longest` indices of its own.
  private let string: UnsafeMutablePointer<UInt8>
  private var stringStart = LZWDecoder.longest

  /// Set when fewer indices came than were asked for.
  private(set) var end: End?

  /// - Parameters:
  ///   - offset: where the first block starts.
  ///   - codeSize: 2 to 8; indices are below 2^codeSize.
  init(_ bytes: UnsafeRawBufferPointer, at offset: Int, codeSize: Int) {
    self.bytes = bytes
    self.offset = offset
    blockEnd = offset
    self.codeSize = codeSize
    clear = 1 << codeSize
    codeWidth = codeSize + 1
    next = clear + 2
    prefixes = .allocate(capacity: Self.longest)
    suffixes = .allocate(capacity: Self.longest)
    string = .allocate(capacity: Self.longest)
    prefixes.initialize(repeating: 0, count: Self.longest)
    suffixes.initialize(repeating: 0, count: Self.longest)
    string.initialize(repeating: 0, count: Self.longest)
  }

  deinit {
    prefixes.deallocate()
    suffixes.deallocate()
    string.deallocate()
  }

  /// Hands out up to `count` indices; fewer where `end` says why.
  func decode(_ count: Int, into indices: UnsafeMutablePointer<UInt8>) -> Int {
    var filled = 0
    while filled < count {
      if stringStart == Self.longest {
        guard end == nil, readString() else { return filled }
      }
      let length = min(count - filled, Self.longest - stringStart)
      (indices + filled).update(from: string + stringStart, count: length)
      stringStart += length
      filled += length
    }
    return filled
  }

  /// Passes over the blocks that are left; false where the file ends before the last of them.
  func skipToTerminator() -> Bool {
    offset = blockEnd
    while offset < bytes.count {
      let length = Int(bytes[offset])
      offset += 1 + length
      if length == 0 { return true }
    }
    return false
  }

  private func readString() -> Bool {
    while let code = nextCode() {
      if code == clear {
        codeWidth = codeSize + 1
        next = clear + 2
        previous = -1
        continue
      }
      if code == clear + 1 { break }
      guard code < (previous < 0 ? clear : next + 1) else {
        end = .damaged
        return false
      }
      expand(code)
      return true
    }
    end = .early
    return false
  }

  /// Writes the string of a code, and gives the next code the string before with this one's first index.
  private func expand(_ code: Int) {
    var start = Self.longest
    var part = code
    // A code that is only now being defined: the string before, and its first index again, which is filled in below.
    let isNew = code == next
    if isNew {
      start -= 1
      part = previous
    }
    while part >= clear {
      start -= 1
      string[start] = suffixes[part]
      part = Int(prefixes[part])
    }
    start -= 1
    string[start] = UInt8(part)
    if isNew { string[Self.longest - 1] = UInt8(part) }
    if previous >= 0, next < Self.longest {
      prefixes[next] = UInt16(previous)
      suffixes[next] = UInt8(part)
      next += 1
      if next == 1 << codeWidth, codeWidth < 12 { codeWidth += 1 }
    }
    previous = code
    stringStart = start
  }

  private func nextCode() -> Int? {
    while bitCount < codeWidth {
      if offset == blockEnd {
        guard offset < bytes.count, bytes[offset] > 0 else { return nil }
        blockEnd = offset + 1 + Int(bytes[offset])
        offset += 1
      }
      guard offset < bytes.count else { return nil }
      bits |= Int(bytes[offset]) << bitCount
      bitCount += 8
      offset += 1
    }
    defer {
      bits >>= codeWidth
      bitCount -= codeWidth
    }
    return bits & (1 << codeWidth - 1)
  }
}
