import Foundation
import Platform
import Tensors

extension SafetensorsFile {
  /// Writes tensors in the given order, atomically, with a checksum of all that the file says.
  ///
  /// - Throws: `Failure` when a value does not fit the type, or the file cannot be written; nothing appears then.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], as type: WeightType = .f32, metadata: [String: String],
    to url: URL
  ) throws(Failure) {
    try check(tensors, fit: type, at: url.path)
    var metadata = metadata
    metadata[SafetensorsChecksum.key] = SafetensorsChecksum.blank
    var header: [String: JSONValue] = ["__metadata__": .object(metadata.mapValues(JSONValue.string))]
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + type.width * tensor.count
      precondition(header[name] == nil, "two tensors are named \(name)")
      header[name] = .object([
        "dtype": .string(type.rawValue), "shape": .array(tensor.shape.map(JSONValue.integer)),
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
      withNumbers(of: tensor, type) { ContentHash(of: $0) }
    }
    SafetensorsChecksum.fill(&text, tensors: hashes)
    var start = Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) })
    start.append(text)
    try AtomicFile.write(to: url) { (append) throws(Failure) in
      try append(start)
      for (_, tensor) in tensors {
        try append(withNumbers(of: tensor, type) { Data($0) })
      }
    }
  }

  /// Checks that all values of tensors stay finite in a type.
  ///
  /// - Throws: `Failure` that names the first that would not.
  static func check(
    _ tensors: [(name: String, tensor: Tensor)], fit type: WeightType, at place: String
  ) throws(Failure) {
    guard type != .f32 else { return }
    for (name, tensor) in tensors {
      let largest = tensor.withSpan { span in span.indices.reduce(0) { max($0, abs(Float(span[$1]))) } }
      guard largest <= type.largest else {
        throw Failure(
          "the tensor '\(name)' holds \(largest), which \(type.rawValue) cannot", at: place,
          mend: "write it as BF16 or F32")
      }
    }
  }

  /// The elements of a tensor as the file holds them.
  private static func withNumbers<Result>(
    of tensor: Tensor, _ type: WeightType, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    guard type == .f32 else {
      let halves = tensor.withSpan { span in span.indices.map { type.half(Float(span[$0])).littleEndian } }
      return halves.withUnsafeBytes(body)
    }
    #if DoublePrecision
      return tensor.values.map { Float($0) }.withUnsafeBytes(body)
    #else
      return tensor.withSpan { $0.withUnsafeBytes(body) }
    #endif
  }
}
