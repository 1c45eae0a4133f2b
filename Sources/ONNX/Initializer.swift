import Foundation
import Platform
import Tensors
import VisionTransformer

/// A constant of a graph: a `TensorProto`.
struct Initializer {
  /// Where its elements come from.
  enum Content {
    case integers([Int64])
    case numbers([Float])
    /// A parameter [rows, columns], written as [columns, rows].
    case transposed(Tensor)
  }

  let name: String
  let dimensions: [Int]
  let type: ElementType
  let content: Content

  private var count: Int { dimensions.reduce(1, *) }

  /// Bytes of the elements.
  var byteCount: Int { count * type.width }

  /// The message up to its elements, which follow as the last field.
  var header: ProtobufMessage {
    var message = ProtobufMessage()
    for dimension in dimensions { message.add(1, integer: dimension) }
    message.add(2, integer: type.rawValue)
    message.add(8, text: name)
    message.begin(9, byteCount: byteCount)
    return message
  }

  /// The elements, little-endian, row-major.
  var data: Data {
    switch content {
    case .integers(let values): Self.bytes(values) { UInt64(bitPattern: $0) }
    case .numbers(let values): encoded(values)
    case .transposed(let matrix): encoded(Self.transposed(matrix))
    }
  }

  /// Checks that half precision can hold what it is to hold.
  func check(at place: String) throws(Failure) {
    guard type == .float16 else { return }
    let largest: Float =
      switch content {
      case .integers: 0
      case .numbers(let values): values.reduce(0) { max($0, abs($1)) }
      case .transposed(let matrix):
        matrix.withSpan { span in
          var largest: Float = 0
          for index in 0..<span.count { largest = max(largest, abs(Float(span[index]))) }
          return largest
        }
      }
    guard largest < HalfPrecision.overflow else {
      throw Failure(
        "\(name) holds \(largest), more than half precision can", at: place, mend: "export with --type F32")
    }
  }

  private func encoded(_ values: [Float]) -> Data {
    type == .float16
      ? Self.bytes(values) { HalfPrecision.bits(of: $0) } : Self.bytes(values) { $0.bitPattern }
  }

  private static func bytes<Element, Bits: FixedWidthInteger>(
    _ values: [Element], _ bits: (Element) -> Bits
  ) -> Data {
    let encoded = [Bits](unsafeUninitializedCapacity: values.count) { target, filled in
      for index in values.indices {
        target.initializeElement(at: index, to: bits(values[index]).littleEndian)
      }
      filled = values.count
    }
    return encoded.withUnsafeBytes { Data($0) }
  }

  /// In tiles, so that neither side leaves the cache.
  private static func transposed(_ matrix: Tensor) -> [Float] {
    let (rows, columns, tile) = (matrix.shape[0], matrix.shape[1], 32)
    return matrix.withSpan { source in
      [Float](unsafeUninitializedCapacity: rows * columns) { target, filled in
        for top in stride(from: 0, to: rows, by: tile) {
          for left in stride(from: 0, to: columns, by: tile) {
            for row in top..<min(top + tile, rows) {
              for column in left..<min(left + tile, columns) {
                target.initializeElement(at: column * rows + row, to: Float(source[row * columns + column]))
              }
            }
          }
        }
        filled = rows * columns
      }
    }
  }
}
