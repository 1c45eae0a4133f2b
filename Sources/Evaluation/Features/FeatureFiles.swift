import Foundation
import Platform

/// Features on disk, for use elsewhere: `features.npy`, `labels.npy`, `paths.txt`, `classes.txt`, `origin.json`.
public enum FeatureFiles {
  /// Writes features (float32 [n, D]), labels (int64 [n], −1 without one), paths and class names, a line each, and what
  /// made them.
  ///
  /// - Throws: `Failure` when a file cannot be written.
  public static func write(
    _ features: Features, paths: [String], origin: FeatureOrigin, to folder: URL
  ) throws(Failure) {
    try AtomicFile.createFolder(folder)
    let labels =
      features.labels.isEmpty
      ? [Int64](repeating: -1, count: features.count) : features.labels.map(Int64.init)
    try AtomicFile.write(
      array(features.values, type: "<f4", shape: "(\(features.count), \(features.width))"),
      to: folder.appendingPathComponent("features.npy"))
    try AtomicFile.write(
      array(labels, type: "<i8", shape: "(\(features.count),)"),
      to: folder.appendingPathComponent("labels.npy"))
    try AtomicFile.write(lines(paths), to: folder.appendingPathComponent("paths.txt"))
    try AtomicFile.write(lines(features.classNames), to: folder.appendingPathComponent("classes.txt"))
    let description = JSONValue.encoding(origin).text + "\n"
    try AtomicFile.write(Data(description.utf8), to: FeatureOrigin.file(in: folder))
  }

  /// NumPy's format, version 1.0: magic, header length, a dictionary padded to 64 bytes, then the values.
  private static func array<Element>(_ values: [Element], type: String, shape: String) -> Data {
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    header += String(repeating: " ", count: (64 - (10 + header.utf8.count + 1) % 64) % 64) + "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
    data.append(contentsOf: [UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)])
    data.append(contentsOf: header.utf8)
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }

  private static func lines(_ names: [String]) -> Data {
    Data(names.map { $0.replacingOccurrences(of: "\n", with: "\\n") + "\n" }.joined().rawBytes)
  }
}

extension FeatureFiles {
  /// Reads what `write` wrote: `features.npy`, and beside it, where they are, `labels.npy` and `classes.txt`.
  ///
  /// - Throws: `Failure` when a file is missing, damaged, of another type or of another number of rows.
  public static func read(_ folder: URL) throws(Failure) -> Features {
    let matrix = try NumPyArray(contentsOf: folder.appendingPathComponent("features.npy"), type: "<f4")
    guard matrix.shape.count == 2 else {
      throw Failure(
        "an array of \(matrix.shape.count) dimensions", at: matrix.path,
        mend: "give float32 features [images, width]")
    }
    let labelFile = folder.appendingPathComponent("labels.npy")
    var labels: [Int] = []
    if FileManager.default.fileExists(atPath: labelFile.path) {
      let array = try NumPyArray(contentsOf: labelFile, type: "<i8")
      let values = array.bytes.withUnsafeBytes { Array($0.bindMemory(to: Int64.self)) }
      if !values.allSatisfy({ $0 == -1 }) { labels = values.map { Int($0) } }
    }
    let classFile = folder.appendingPathComponent("classes.txt")
    var names: [String] = []
    if let bytes = try? Data(contentsOf: classFile) {
      names = String(rawBytes: bytes).split(separator: "\n", omittingEmptySubsequences: false).map(
        String.init)
      if names.last == "" { names.removeLast() }
    } else if let largest = labels.max() {
      names = (0...max(0, largest)).map { "\($0)" }
    }
    return try Features(
      count: matrix.shape[0], width: matrix.shape[1],
      values: matrix.bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }, labels: labels,
      classNames: names, origin: folder.path)
  }
}

/// A file of NumPy's format, version 1.0 or 2.0, in C order.
private struct NumPyArray {
  let shape: [Int]
  let bytes: Data
  let path: String

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
      guard !product.overflow else { throw damaged("an array of \(shape) is too large") }
      size = product.partialValue
    }
    guard data.count - start == size else {
      throw damaged("\(data.count - start) bytes where an array of \(shape) has \(size)")
    }
    bytes = Data(data[start...])
  }
}
