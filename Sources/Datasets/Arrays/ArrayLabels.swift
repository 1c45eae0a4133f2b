import Foundation
import Platform

/// The classes of images in an array: whole numbers, a class each, in a file of their own beside it.
struct ArrayLabels: Sendable {
  /// The numbers that occur, ascending.
  let classNames: [String]
  /// For each image the place of its class among the names; −1 for none.
  let places: [Int32]

  /// The file of labels alone.
  static let name = "labels.npy"
  /// How files of labels end that belong to one of several arrays.
  static let ending = "-labels.npy"

  /// Whether a file of that name holds labels.
  static func isLabels(_ name: String) -> Bool { name == Self.name || name.hasSuffix(ending) }

  /// The file of labels of the array at `path`: `set-labels.npy` of `set.npy`, else `labels.npy`; nil where there is none.
  static func path(beside path: String) -> String? {
    let url = URL(filePath: path)
    let folder = url.deletingLastPathComponent()
    return [url.deletingPathExtension().lastPathComponent + ending, name]
      .map { folder.appending(path: $0).path }
      .first { $0 != path && $0.withRawPath { access($0, F_OK) } == 0 }
  }

  /// Reads the labels of `count` images.
  ///
  /// - Throws: `Failure` when there are as many others, when they are no whole numbers, or when one is below −1.
  init(_ path: String, count: Int) throws(Failure) {
    let file = try ArrayFile(path)
    guard file.shape.count == 1 else {
      let isColumn = file.shape.count == 2 && file.shape[1] == 1
      throw Failure(
        "labels of \(ShapeText(file.shape)), where one is wanted for each image", at: path,
        mend: "save one number for each: \(ArrayFile.saving(isColumn ? "a[:, 0]" : "a.argmax(1)", at: path))")
    }
    guard file.type.kind == .unsigned || file.type.kind == .signed else {
      throw Failure(
        "labels of the type \(file.type.name)", at: path,
        mend: "save whole numbers: \(ArrayFile.saving("a.astype(np.int64)", at: path))")
    }
    guard file.shape[0] == count else {
      throw Failure(
        "\(file.shape[0]) labels for \(count) images", at: path,
        mend: "put the labels beside the images they belong to")
    }
    let labels = Self.numbers(try file.read(count, from: 0), file.type)
    if let index = labels.firstIndex(where: { $0 < -1 }) {
      throw Failure(
        "the label \(labels[index]) of image \(index)", at: path,
        mend: "number the classes from 0; −1 means none")
    }
    let classes = Set(labels).subtracting([-1]).sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(classes, 0 as Int32..<Int32(classes.count)))
    classNames = classes.map { String($0) }
    self.places = labels.map { places[$0] ?? -1 }
  }

  /// The labels; those above what `Int` can hold as the greatest that it can.
  private static func numbers(_ bytes: [UInt8], _ type: NumPyType) -> [Int] {
    func numbers<Number: FixedWidthInteger>(_ type: Number.Type, _ isBigEndian: Bool) -> [Int] {
      bytes.integers(as: type, bigEndian: isBigEndian).map { Int(clamping: $0) }
    }
    let isBigEndian = type.isBigEndian
    return switch (type.kind == .signed, type.byteCount) {
    case (true, 1): numbers(Int8.self, isBigEndian)
    case (true, 2): numbers(Int16.self, isBigEndian)
    case (true, 4): numbers(Int32.self, isBigEndian)
    case (true, _): numbers(Int64.self, isBigEndian)
    case (false, 1): numbers(UInt8.self, isBigEndian)
    case (false, 2): numbers(UInt16.self, isBigEndian)
    case (false, 4): numbers(UInt32.self, isBigEndian)
    case (false, _): numbers(UInt64.self, isBigEndian)
    }
  }
}
