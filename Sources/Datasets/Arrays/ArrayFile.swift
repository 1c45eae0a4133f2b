import Foundation
import Platform

/// An array in a file of NumPy's format in C order: what its header says, checked against the file's size, and its elements,
/// read from their places.
struct ArrayFile: Sendable {
  let path: String
  /// Lengths of the axes, all above 0.
  let shape: [Int]
  let type: NumPyType
  // Where the elements begin, and what the file was when its header was read.
  private let offset, size, modified: Int

  /// Reads the header of the file at `path`.
  ///
  /// - Throws: `Failure` when it cannot be read, is damaged, of another size than its header claims, empty, in Fortran's order,
  ///   or of objects, records or anything but numbers.
  init(_ path: String) throws(Failure) {
    let file = try OpenFile(path, "array")
    let header = try NumPyHeader(file.read(min(file.size, NumPyHeader.maximumBytes), at: 0), path: path)
    (self.path, shape, offset) = (path, header.shape, header.byteCount)
    (size, modified) = (file.size, file.modified)
    guard let typeName = header.type else {
      throw Failure(
        "an array of records", at: path,
        mend: "save the field that holds the numbers: \(Self.saving("a[\"image\"]", at: path))")
    }
    guard let type = NumPyType(typeName) else {
      throw typeName.dropFirst() == "O"
        ? Failure(
          "an array of Python objects", at: path,
          mend: "save numbers: \(Self.saving("np.stack(list(a))", at: path, allowingObjects: true))")
        : Failure(
          "an array of the type \(typeName)", at: path, mend: "save numbers of uint8, uint16 or float32")
    }
    self.type = type
    guard !header.isFortran || shape.count < 2 else {
      throw Failure(
        "an array in Fortran's order", at: path,
        mend: "save it in C order: \(Self.saving("np.ascontiguousarray(a)", at: path))")
    }
    let text = ShapeText(shape)
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw Failure("an array of \(text), which holds nothing", at: path, mend: "save the array again")
    }
    var bytes = type.byteCount
    for length in shape {
      let product = bytes.multipliedReportingOverflow(by: length)
      guard !product.overflow else {
        throw Failure(
          "damaged NumPy file: it claims an array of \(text)", at: path,
          mend: "write it again with numpy.save")
      }
      bytes = product.partialValue
    }
    guard bytes == size - offset else {
      throw Failure(
        "damaged NumPy file: it holds \(size - offset) bytes where an array of \(text) \(type.name) has \(bytes)",
        at: path, mend: "copy it again, or write it again with numpy.save")
    }
  }

  /// The bytes of `count` elements from the element `first` on, as they are stored.
  ///
  /// The file is opened each time, so that one that was away for a while is found again.
  ///
  /// - Throws: `Failure` when they cannot be read, or when the file was changed since its header was read.
  func read(_ count: Int, from first: Int) throws(Failure) -> [UInt8] {
    let file = try OpenFile(path, "array")
    guard file.size == size, file.modified == modified else {
      throw Failure("the array was changed since its header was read", at: path, mend: "start again")
    }
    return try file.read(count * type.byteCount, at: offset + first * type.byteCount)
  }

  /// The Python that writes the array `a` at `path` anew.
  static func saving(_ expression: String, at path: String, allowingObjects: Bool = false) -> String {
    let name = URL(filePath: path).lastPathComponent
    return "a = np.load(\"\(name)\"\(allowingObjects ? ", allow_pickle=True" : "")); "
      + "np.save(\"\(name)\", \(expression))"
  }
}

/// A shape for people: `60000×28×28`; of more than eight axes the first.
struct ShapeText: CustomStringConvertible {
  let description: String

  init(_ shape: [Int]) {
    let lengths = shape.prefix(8).map { String($0) }.joined(separator: "×")
    description = shape.isEmpty ? "one value" : lengths + (shape.count > 8 ? "×…" : "")
  }
}

extension Array where Element == UInt8 {
  /// Whole numbers that are stored in these bytes.
  func integers<Number: FixedWidthInteger>(as _: Number.Type, bigEndian: Bool) -> [Number] {
    withUnsafeBytes { bytes in
      (0..<count / MemoryLayout<Number>.size).map { place in
        let stored = bytes.loadUnaligned(fromByteOffset: place * MemoryLayout<Number>.size, as: Number.self)
        return bigEndian ? Number(bigEndian: stored) : Number(littleEndian: stored)
      }
    }
  }
}
