import Foundation
import Platform
import Tensors

extension SafetensorsFile {
  /// Writes tensors as F32 in the given order, atomically, with a checksum of all that the file says.
  ///
  /// - Throws: `Failure` when the file cannot be written; nothing appears then.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String], to url: URL
  ) throws(Failure) {
    var metadata = metadata
    metadata[SafetensorsChecksum.key] = SafetensorsChecksum.blank
    var header: [String: JSONValue] = ["__metadata__": .object(metadata.mapValues(JSONValue.string))]
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + 4 * tensor.count
      precondition(header[name] == nil, "two tensors are named \(name)")
      header[name] = .object([
        "dtype": .string("F32"), "shape": .array(tensor.shape.map(JSONValue.integer)),
        "data_offsets": .array([.integer(offset), .integer(end)]),
      ])
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard var text = try? encoder.encode(header) else {
      preconditionFailure("a header of names, numbers and text is always JSON")
    }
    text.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8))
    let hashes = tensors.filter { $0.tensor.count > 0 }.map { _, tensor in
      withFloats(of: tensor) { ContentHash(of: $0) }
    }
    SafetensorsChecksum.fill(&text, tensors: hashes)
    var start = Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) })
    start.append(text)
    try AtomicFile.write(to: url) { (append) throws(Failure) in
      try append(start)
      for (_, tensor) in tensors {
        try append(withFloats(of: tensor) { Data($0) })
      }
    }
  }

  /// The elements of a tensor as the file holds them.
  private static func withFloats<Result>(
    of tensor: Tensor, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    #if DoublePrecision
      return tensor.values.map { Float($0) }.withUnsafeBytes(body)
    #else
      return tensor.withSpan { $0.withUnsafeBytes(body) }
    #endif
  }
}
