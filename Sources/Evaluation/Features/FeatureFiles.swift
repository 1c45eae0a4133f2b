import Datasets
import Foundation
import Platform

/// Features on disk, for use elsewhere: `features.npy`, `labels.npy`, `paths.txt`, `classes.txt`, `origin.json`.
///
/// `origin.json` appears first and holds the fingerprints of the others, so that a folder in which files of two
/// results met is known as one. Where it is missing, as in folders of other programs, nothing is compared.
public enum FeatureFiles {
  /// The most classes that labels without names may number.
  private static let maximumClasses = 1 << 20

  /// Writes features (float32 [n, D]), labels (int64 [n], −1 for a row without), paths and class names, a line each, and
  /// what made them. What was there before is whole until all files are on the disk.
  ///
  /// - Throws: `Failure` when a file cannot be written.
  public static func write(
    _ features: Features, paths: [String], origin: FeatureOrigin, to folder: URL
  ) throws(Failure) {
    try AtomicFile.createFolder(folder)
    let labels =
      features.labels.isEmpty
      ? [Int64](repeating: -1, count: features.count) : features.labels.map(Int64.init)
    let files: [(name: String, data: Data)] = [
      (
        "features.npy",
        NumPyArray.data(features.values, type: "<f4", shape: "(\(features.count), \(features.width))")
      ),
      ("labels.npy", NumPyArray.data(labels, type: "<i8", shape: "(\(features.count),)")),
      ("paths.txt", lines(paths)), ("classes.txt", lines(features.classNames)),
    ]
    let record = JSONValue.encoding(origin).overlaid(with: FeatureDigests(files).json)
    try AtomicFile.write(
      [(FeatureOrigin.file(in: folder), Data((record.text + "\n").utf8))]
        + files.map { (folder.appendingPathComponent($0.name), $0.data) })
  }

  private static func lines(_ names: [String]) -> Data {
    Data(names.map { $0.replacingOccurrences(of: "\n", with: "\\n") + "\n" }.joined().rawBytes)
  }

  /// Reads what `write` wrote: `features.npy`, and beside it, where they are, `labels.npy` and `classes.txt`.
  ///
  /// - Throws: `Failure` when a file is missing, damaged, of another type, of another number of rows, or not that which
  ///   was written with the others.
  public static func read(_ folder: URL) throws(Failure) -> Features {
    try FeatureDigests(of: folder)?.check(folder)
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
      labels = array.bytes.withUnsafeBytes { $0.bindMemory(to: Int64.self).map { Int($0) } }
    }
    return try Features(
      count: matrix.shape[0], width: matrix.shape[1],
      values: matrix.bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }, labels: labels,
      classNames: try names(of: labels, in: folder), origin: folder.path)
  }

  /// The names in `classes.txt`; without it the numbers themselves.
  private static func names(of labels: [Int], in folder: URL) throws(Failure) -> [String] {
    if let names = try ClassList.read(folder.appendingPathComponent("classes.txt").path) { return names }
    guard let largest = labels.max(), largest >= 0 else { return [] }
    guard largest < maximumClasses else {
      throw Failure(
        "a label \(largest), of which no classes.txt tells the name",
        at: folder.appendingPathComponent("labels.npy").path,
        mend: "number the classes from 0 to \(maximumClasses - 1) at most, or name them in classes.txt")
    }
    return (0...largest).map { "\($0)" }
  }
}
