import Tensors

/// Makes scalars of the little-endian numbers of a file.
enum ScalarBytes {
  /// Bytes of a number by its type, as safetensors names types.
  static let widths = ["F32": 4, "F64": 8, "F16": 2, "BF16": 2]
  /// The same of types that files may have beside weights, of which no values are given.
  static let otherWidths = [
    "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1, "C64": 8,
    "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1,
  ]

  /// The numbers that a layout picks, or else all of them, in row-major order.
  ///
  /// - Parameter dtype: one of `widths`.
  static func scalars(
    _ bytes: UnsafeRawBufferPointer, _ dtype: String, _ layout: StridedLayout? = nil
  ) -> [Scalar] {
    func map<Bits: FixedWidthInteger>(_: Bits.Type, _ convert: (Bits) -> Scalar) -> [Scalar] {
      let size = MemoryLayout<Bits>.size
      let layout = layout ?? StridedLayout(count: bytes.count / size)
      return [Scalar](unsafeUninitializedCapacity: layout.count) { values, filled in
        layout.forEachRow { start, count, stride in
          for index in 0..<count {
            let place = (start + index * stride) * size
            let bits = Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Bits.self))
            values.initializeElement(at: filled + index, to: convert(bits))
          }
          filled += count
        }
      }
    }
    switch dtype {
    case "F32": return map(UInt32.self) { Scalar(Float(bitPattern: $0)) }
    case "F64": return map(UInt64.self) { Scalar(Double(bitPattern: $0)) }
    case "BF16": return map(UInt16.self) { Scalar(Float(bitPattern: UInt32($0) << 16)) }
    default: return map(UInt16.self) { Scalar(halfToFloat($0)) }
    }
  }

  /// IEEE 754 binary16, written out because `Float16` is missing on x86 macOS.
  private static func halfToFloat(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Float(bits & 0x3ff)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    }
  }
}
