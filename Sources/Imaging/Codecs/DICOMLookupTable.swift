/// A table that stored numbers are looked up in, of colours or of measured values. (DICOM PS3.3, C.7.6.3.1.5, C.11.1)
struct DICOMLookupTable {
  /// Bits of an entry, 8 or 16 for colours, and 10 to 16 for values.
  let bits: Int
  private let first: Int
  private let entries: [UInt16]

  /// Reads a table by its descriptor: number of entries, number that the first is for, bits of an entry.
  ///
  /// - Parameter isSigned: whether the stored numbers are.
  init<Source>(
    _ dataSet: DICOMDataSet<Source>, descriptor: Int, data: Int, isSigned: Bool
  ) throws(DICOMProblem) {
    guard let shape = dataSet.words(descriptor), shape.count == 3, (1...16).contains(shape[2]) else {
      throw .damage("no description of a lookup table")
    }
    let count = shape[0] == 0 ? 65536 : shape[0]
    first = isSigned ? Int(Int16(truncatingIfNeeded: shape[1])) : shape[1]
    bits = shape[2]
    guard let length = dataSet.elements[data]?.length else {
      throw .unsupported("a lookup table in segments")
    }
    if length >= 2 * count {
      let words = dataSet.words(data, limit: 2 * count) ?? []
      entries = words.map { UInt16(truncatingIfNeeded: $0) }
    } else {
      // Entries of one byte, side by side.
      guard shape[2] == 8 else { throw .damage("a lookup table that ends early") }
      entries = (dataSet.bytes(data, limit: count) ?? []).map { UInt16($0) }
    }
    guard entries.count == count else { throw .damage("a lookup table that ends early") }
  }

  /// The entry for a number; that of the first or last for numbers beyond them.
  subscript(_ number: Int) -> UInt16 { entries[min(max(number - first, 0), entries.count - 1)] }
}
