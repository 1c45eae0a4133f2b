import Foundation
import Platform

/// Features on disk, for use elsewhere: `features.npy`, `labels.npy`, `paths.txt`, `classes.txt`.
public enum FeatureFiles {
  /// Writes features (float32 [n, D]), labels (int64 [n], −1 without one), paths and class names, a line each.
  ///
  /// - Throws: `Failure` when a file cannot be written.
  public static func write(_ features: Features, paths: [String], to folder: URL) throws(Failure) {
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
    Data(names.map { $0.replacingOccurrences(of: "\n", with: "\\n") + "\n" }.joined().utf8)
  }
}
