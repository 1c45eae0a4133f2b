import Datasets
import Foundation
import Platform

/// A file of NumPy's format in C order.
struct NumPyArray {
  let shape: [Int]
  let bytes: Data
  let path: String

  /// Reads an array of a type such as `<f4`; what the header says is checked against the size of the file.
  init(contentsOf url: URL, type: String) throws(Failure) {
    path = url.path
    guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else {
      throw Failure("cannot read the array", at: url.path, mend: "give a folder that vitrail embed wrote")
    }
    func damaged(_ what: String) -> Failure {
      Failure(what, at: url.path, mend: "write it again with vitrail embed, or numpy.save in C order")
    }
    let header = try NumPyHeader([UInt8](data.prefix(NumPyHeader.maximumBytes)), path: url.path)
    guard header.type == type, !header.isFortran else {
      throw damaged(
        "an array of \(header.type ?? "records")\(header.isFortran ? " in Fortran's order" : ""), not of \(type) in C order"
      )
    }
    shape = header.shape
    let start = header.byteCount
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
    var data = Data(NumPyHeader.magic + [1, 0])
    data.append(contentsOf: [UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)])
    data.append(contentsOf: header.utf8)
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }
}
