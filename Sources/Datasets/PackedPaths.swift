/// Many paths one after the other in one piece of memory: a million of them are a few arrays, not a million strings.
struct PackedPaths: Sendable {
  private(set) var bytes: [UInt8] = []
  // The path of number i ends at ends[i].
  private var ends: [Int] = []

  /// Number of paths.
  var count: Int { ends.count }

  /// The bytes of a path.
  subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(of: index)] }

  /// Where the bytes of a path are.
  func range(of index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  /// Adds the path that the pieces make up.
  mutating func append(_ pieces: ArraySlice<UInt8>...) {
    for piece in pieces { bytes += piece }
    ends.append(bytes.count)
  }
}
