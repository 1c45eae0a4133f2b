import Foundation
import Platform

/// The checksum of a safetensors file, kept in its metadata: the hash of its header, in which the checksum itself is
/// zeros, and of the hashes of its tensors' bytes in the order of their places.
struct SafetensorsChecksum {
  /// The key in the metadata. A format that takes its checksum otherwise needs another key: older versions then see none.
  static let key = "vitrail.checksum"
  private static let scheme = "murmur3-128:"
  /// What stands in the header while the checksum is taken.
  static let blank = scheme + String(repeating: "0", count: 32)

  private let text: String

  /// The checksum that metadata say; nil where they say none.
  ///
  /// Damage may lie in the key or in the value: either alone tells that there was a checksum.
  init?(foundIn metadata: [String: String]) {
    guard let text = metadata[Self.key] ?? metadata.values.first(where: { $0.hasPrefix(Self.scheme) }) else {
      return nil
    }
    self.text = text
  }

  /// Whether header and tensors are those that the checksum was taken of.
  func holds(header: Slice<UnsafeRawBufferPointer>, tensors: [ContentHash]) -> Bool {
    var blanked = Data(header)
    guard text.utf8.count == Self.blank.utf8.count, let place = Self.place(of: text, in: blanked) else {
      return false
    }
    blanked.replaceSubrange(place, with: Self.blank.utf8)
    return Self.text(header: blanked, tensors: tensors) == text
  }

  /// Puts the checksum where a header has a blank.
  static func fill(_ header: inout Data, tensors: [ContentHash]) {
    guard let place = place(of: blank, in: header) else {
      preconditionFailure("SafetensorsChecksum: a header without a blank")
    }
    header.replaceSubrange(place, with: text(header: header, tensors: tensors).utf8)
  }

  /// Where the value stands. In a text the quotes would be escaped, so that only a key can match.
  private static func place(of value: String, in header: Data) -> Range<Int>? {
    let name = "\"\(key)\":\""
    return header.range(of: Data("\(name)\(value)\"".utf8)).map {
      $0.lowerBound + name.utf8.count..<$0.upperBound - 1
    }
  }

  private static func text(header: Data, tensors: [ContentHash]) -> String {
    let parts = [header.withUnsafeBytes { ContentHash(of: $0) }] + tensors
    let hash = ContentHash(of: parts.flatMap { [$0.low, $0.high] })
    return scheme + String(format: "%016lx%016lx", hash.high, hash.low)
  }
}
