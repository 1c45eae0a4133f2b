import Foundation

/// Goes once through the JSON of a safetensors header before it is decoded: decoding takes far longer for each name, and
/// keeps one of two values of the same key without a word.
enum HeaderScan {
  /// Names in a header. Checkpoints of the largest Vision Transformers have some thousand.
  static let mostTensors = 100_000

  /// Why the header is not read; nil where it may be.
  static func problem(in header: Data) -> String? {
    header.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
      // The keys of each object that is open; nil for a list.
      var open: [Set<String>?] = []
      var wantsKey = false
      var index = 0
      while index < bytes.count {
        defer { index += 1 }
        switch bytes[index] {
        case UInt8(ascii: "{"):
          open.append([])
          wantsKey = true
        case UInt8(ascii: "["):
          open.append(nil)
          wantsKey = false
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          _ = open.popLast()
          wantsKey = false
        case UInt8(ascii: ","): wantsKey = open.last.map { $0 != nil } ?? false
        case UInt8(ascii: "\""):
          let start = index
          index += 1
          while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
          }
          guard wantsKey, index < bytes.count else { break }
          wantsKey = false
          let name = key(UnsafeRawBufferPointer(rebasing: bytes[start...index]))
          guard open[open.count - 1]?.insert(name).inserted == true else {
            return "'\(name)' is there twice in its header"
          }
          if open.count == 1, let count = open[0]?.count, count > mostTensors {
            return "its header names more than \(mostTensors) tensors"
          }
        default: break
        }
        guard open.count <= 64 else { return "its header is nested \(open.count) deep" }
      }
      return nil
    }
  }

  /// The key that a JSON string stands for.
  private static func key(_ quoted: UnsafeRawBufferPointer) -> String {
    if quoted.contains(UInt8(ascii: "\\")),
      let decoded = try? JSONDecoder().decode(String.self, from: Data(quoted))
    {
      return decoded
    }
    return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
  }
}
