import Foundation
import Platform

/// A file of NumPy's format, version 1.0 or 2.0, in C order.
struct NumPyArray {
  let shape: [Int]
  let bytes: Data
  let path: String

  /// The most bytes of a header; that of a plain array has 128.
  private static let maximumHeaderBytes = 1 << 16

  /// Reads an array of a type such as `<f4`; what the header says is checked against the size of the file.
  init(contentsOf url: URL, type: String) throws(Failure) {
    path = url.path
    guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else {
      throw Failure("cannot read the array", at: url.path, mend: "give a folder that vitrail embed wrote")
    }
    func damaged(_ what: String) -> Failure {
      Failure(what, at: url.path, mend: "write it again with vitrail embed, or numpy.save in C order")
    }
    let file = [UInt8](data.prefix(12))
    guard file.count == 12, Array(file.prefix(6)) == [0x93] + Array("NUMPY".utf8), (1...2).contains(file[6])
    else { throw damaged("no NumPy array") }
    let isLong = file[6] == 2
    let length =
      isLong
      ? (0..<4).reduce(0) { $0 | Int(file[8 + $1]) << (8 * $1) } : Int(file[8]) | Int(file[9]) << 8
    guard length <= Self.maximumHeaderBytes else { throw damaged("a header of \(length) bytes") }
    let start = (isLong ? 12 : 10) + length
    guard start <= data.count else { throw damaged("the header ends early") }
    let header = String(decoding: data[(isLong ? 12 : 10)..<start], as: UTF8.self)
    guard header.contains("'descr': '\(type)'"), header.contains("'fortran_order': False"),
      let match = header.firstMatch(of: /'shape': \(([0-9, ]*)\)/)
    else { throw damaged("no array of \(type) in C order: \(header.prefix(80))") }
    shape = match.1.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    var size = type == "<i8" ? 8 : 4
    for length in shape {
      let product = size.multipliedReportingOverflow(by: length)
      guard !product.overflow else { throw damaged("an array of \(shape.prefix(4)) is too large") }
      size = product.partialValue
    }
    guard data.count - start == size else {
      throw damaged("\(data.count - start) bytes where an array of \(shape.prefix(4)) has \(size)")
    }
    bytes = Data(data[start...])
  }

  /// The bytes of a file of format 1.0: magic, header length, a dictionary padded to 64 bytes, then the values.
  static func data<Element>(_ values: [Element], type: String, shape: String) -> Data {
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    header += String(repeating: " ", count: (64 - (10 + header.utf8.count + 1) % 64) % 64) + "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
    data.append(contentsOf: [UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)])
    data.append(contentsOf: header.utf8)
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }
}
