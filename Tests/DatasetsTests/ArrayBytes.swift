/// The bytes of a file in NumPy's format 1.0: a header of these words, and elements.
func npy(_ header: String, _ elements: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
  let length = header.utf8.count
  let bytes = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + bytes + Array(header.utf8) + elements
}

/// The same of a shape and a type; elements are bytes that differ from one to the next.
func npy(shape: [Int], type: String = "|u1", elementSize: Int = 1) -> [UInt8] {
  let count = shape.reduce(elementSize, *)
  let axes = shape.map { "\($0), " }.joined()
  return npy(
    "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(axes)), }\n",
    (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) })
}

/// An array of float32, C order.
func npy(shape: [Int], values: [Float]) -> [UInt8] {
  let axes = shape.map { "\($0), " }.joined()
  return npy(
    "{'descr': '<f4', 'fortran_order': False, 'shape': (\(axes)), }\n",
    values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    })
}
