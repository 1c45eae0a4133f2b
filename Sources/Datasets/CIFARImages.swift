import Foundation
import Imaging
import Platform

/// The binary files of CIFAR-10 or CIFAR-100, all of them in memory: 32×32 RGB.
///
/// CIFAR-10 is a folder with `data_batch_1.bin` … `data_batch_5.bin` and `test_batch.bin`, CIFAR-100 one with `train.bin`
/// and `test.bin`, whose fine labels count; or the folder above, as the archives unpack. Names of classes come from
/// `batches.meta.txt` or `fine_label_names.txt`; without it they are numbers.
public struct CIFARImages: ImageSourceKind {
  /// The name in listings.
  public static let name = "cifar"
  /// What is accepted, in a line.
  public static let summary = "a folder of CIFAR-10 (data_batch_1.bin) or CIFAR-100 (train.bin and test.bin)"
  /// Where the layout comes from.
  public static let source = "Krizhevsky, 2009, Learning multiple layers of features from tiny images"

  /// The folder of the files, and the names of all classes, whether there are images of them or not.
  public private(set) var facts: ImageSetFacts
  private let kind: CIFARKind
  private let files: [(name: String, records: [UInt8])]
  // How many images there are before each file.
  private let starts: [Int]

  /// The most memory the images may take unless said otherwise, 16 GiB.
  public static let maximumBytes = 16 << 30

  /// Opens a folder that holds CIFAR's files; without a split, the training images.
  public static func open(path: String, options: SourceOptions) throws(Failure) -> CIFARImages? {
    guard DatasetSplit.isFolder(path) else { return try named(path) }
    for kind in CIFARKind.allCases {
      for folder in [path, path + "/" + kind.archiveFolder] where kind.isHeld(in: folder) {
        var images = try CIFARImages(folder: folder, kind, split: options.split ?? .train)
        images.facts.passedOver = options.beside
        return images
      }
    }
    return nil
  }

  /// Opens one file that is named itself; nil when its name, in its folder, is not that of one.
  private static func named(_ path: String) throws(Failure) -> CIFARImages? {
    let url = URL(filePath: path)
    let (folder, name) = (url.deletingLastPathComponent().path, url.lastPathComponent)
    for kind in CIFARKind.allCases where kind.isHeld(in: folder) {
      guard DatasetSplit.allCases.flatMap(kind.files(of:)).contains(name) else { continue }
      return try CIFARImages(folder: folder, kind, names: [name])
    }
    return nil
  }

  init(
    folder: String, _ kind: CIFARKind, split: DatasetSplit, maximumBytes: Int = maximumBytes
  ) throws(Failure) {
    try self.init(folder: folder, kind, names: kind.files(of: split), maximumBytes: maximumBytes)
  }

  private init(
    folder: String, _ kind: CIFARKind, names: [String], maximumBytes: Int = maximumBytes
  ) throws(Failure) {
    self.kind = kind
    facts = ImageSetFacts(path: folder, classNames: try kind.classNames(in: folder))
    var files: [(String, [UInt8])] = []
    var starts = [0]
    var room = maximumBytes
    for name in names {
      let file = folder + "/" + name
      let records = try WholeFile.read(file, maximumBytes: room)
      try kind.check(records, at: file)
      room -= records.count
      starts.append((starts.last ?? 0) + records.count / kind.recordSize)
      files.append((name, records))
    }
    self.files = files
    self.starts = starts
  }

  /// Number of images.
  public var count: Int { starts.last ?? 0 }

  /// The class of an image; all have one.
  public func label(of index: Int) -> Int? {
    let (file, record) = place(of: index)
    return Int(files[file].records[record * kind.recordSize + kind.labelOffset])
  }

  /// The file and the image's place in it, `file#index`.
  public func location(of index: Int) -> String {
    let (file, record) = place(of: index)
    return "\(path)/\(files[file].name)#\(record)"
  }

  /// An image, copied out of the set.
  ///
  /// - Throws: `Failure` when it has more pixels than the limits allow.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    let side = CIFARKind.side
    try options.check(width: side, height: side, place: location(of: index))
    let (file, record) = place(of: index)
    let start = record * kind.recordSize + kind.labelOffset + 1
    let plane = side * side
    let pixels = files[file].records.withUnsafeBufferPointer { records in
      (0..<3 * plane).map { records[start + $0 % 3 * plane + $0 / 3] }
    }
    return ImageReader(
      Image(width: side, height: side, channels: 3, pixels: pixels), place: location(of: index))
  }

  private func place(of index: Int) -> (file: Int, record: Int) {
    precondition((0..<count).contains(index), "image \(index) of \(count)")
    let file = (starts.firstIndex { $0 > index } ?? 1) - 1
    return (file, index - starts[file])
  }
}
