import Foundation
import Platform

/// How the files of CIFAR-10 and of CIFAR-100 are laid out (Krizhevsky, 2009).
enum CIFARKind: CaseIterable {
  case ten
  case hundred

  /// Rows and columns of every image.
  static let side = 32
  private static let maximumNameBytes = 1 << 20

  private var classCount: Int { self == .ten ? 10 : 100 }

  /// Bytes of a record before the label that counts: CIFAR-100 has a coarse one there.
  var labelOffset: Int { self == .ten ? 0 : 1 }

  /// Bytes of a record: labels, then planes of red, green and blue.
  var recordSize: Int { labelOffset + 1 + 3 * Self.side * Self.side }

  /// The folder in the archive.
  var archiveFolder: String { self == .ten ? "cifar-10-batches-bin" : "cifar-100-binary" }

  private var namesFile: String { self == .ten ? "batches.meta.txt" : "fine_label_names.txt" }

  /// The files of a split in their order.
  func files(of split: DatasetSplit) -> [String] {
    switch (self, split) {
    case (.ten, .train): (1...5).map { "data_batch_\($0).bin" }
    case (.ten, .test): ["test_batch.bin"]
    case (.hundred, .train): ["train.bin"]
    case (.hundred, .test): ["test.bin"]
    }
  }

  /// Whether the folder holds such files. The names of CIFAR-100 are so common that both must be there.
  func isHeld(in folder: String) -> Bool {
    func exists(_ name: String) -> Bool { (folder + "/" + name).withRawPath { access($0, F_OK) } == 0 }
    let names = DatasetSplit.allCases.flatMap(files(of:))
    return self == .ten ? names.contains(where: exists) : names.allSatisfy(exists)
  }

  /// Checks the size and the labels of a file.
  ///
  /// - Throws: `Failure` when it holds something else.
  func check(_ records: [UInt8], at path: String) throws(Failure) {
    func damaged(_ problem: String) -> Failure {
      Failure("damaged CIFAR-\(classCount) file: \(problem)", at: path, mend: "fetch the file again")
    }
    guard !records.isEmpty, records.count % recordSize == 0 else {
      throw damaged("\(records.count) bytes, where a record has \(recordSize)")
    }
    for record in 0..<records.count / recordSize {
      let label = Int(records[record * recordSize + labelOffset])
      guard label < classCount else { throw damaged("record \(record) has the label \(label)") }
    }
  }

  /// The names of the classes, from the file of names where there is one.
  ///
  /// - Throws: `Failure` when it cannot be read, or names too few or too many.
  func classNames(in folder: String) throws(Failure) -> [String] {
    let file = folder + "/" + namesFile
    guard file.withRawPath({ access($0, F_OK) }) == 0 else { return (0..<classCount).map(String.init) }
    let bytes = try WholeFile.read(file, maximumBytes: Self.maximumNameBytes)
    let names = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard names.count == classCount else {
      throw Failure(
        "\(names.count) names for \(classCount) classes", at: file, mend: "fetch the file again, or remove it"
      )
    }
    return names
  }
}
