import Foundation
import Imaging
import Platform

/// Gray images in the IDX format of MNIST and its relatives, all of them in memory.
///
/// Files are `PREFIX-images-idx3-ubyte` with labels in `PREFIX-labels-idx1-ubyte`, each plain or with `.gz`;
/// the prefix is or ends in `train` for the training images, `t10k` or `test` for the test images.
/// Without a labels file the images are unlabelled.
public struct IDXImages: ImageSourceKind {
  /// The name in listings.
  public static let name = "idx"
  /// What is accepted, in a line.
  public static let summary = "a folder holding train- or t10k-images-idx3-ubyte[.gz], or such a file"
  /// Where the layout comes from.
  public static let source = "LeCun, 1998, The MNIST database of handwritten digits"

  /// The file that holds the images; its classes are `"0"`, `"1"`, … up to the greatest label.
  public private(set) var facts: ImageSetFacts
  /// Rows of every image.
  public let height: Int
  /// Columns of every image.
  public let width: Int
  /// Number of images.
  public let count: Int
  private let pixels: [UInt8]
  private let labels: [UInt8]?

  private static let imagesSuffix = "-images-idx3-ubyte"
  private static let labelsSuffix = "-labels-idx1-ubyte"
  private static let endings = [imagesSuffix, labelsSuffix].flatMap { [$0, $0 + ".gz"] }

  /// Opens a folder that holds IDX images; without `split`, the training images.
  public static func open(path: String, options: SourceOptions) throws(Failure) -> IDXImages? {
    guard DatasetSplit.isFolder(path) else { return try named(path) }
    let files = try FileNames.list(path, endings: endings)
    guard files.contains(where: { prefix(of: $0) != nil }) else { return nil }
    var images = try IDXImages(
      folder: path, files: files, split: options.split ?? .train, maximumBytes: maximumBytes)
    images.facts.passedOver = options.beside
    return images
  }

  /// Opens a file of images that is named itself, with the labels beside it; nil when its name is not that of one.
  private static func named(_ path: String) throws(Failure) -> IDXImages? {
    let url = URL(filePath: path)
    guard let prefix = prefix(of: url.lastPathComponent) else { return nil }
    let folder = url.deletingLastPathComponent().path
    return try IDXImages(
      folder: folder, files: FileNames.list(folder, endings: endings), prefix: prefix,
      maximumBytes: maximumBytes)
  }

  /// Reads the images of one split from a folder.
  ///
  /// - Parameter maximumBytes: the most memory the pixels may take.
  /// - Throws: `Failure` when there are none, when the choice is not clear, when a file is damaged, or when
  ///   images and labels differ in number.
  public init(folder: String, split: DatasetSplit, maximumBytes: Int = maximumBytes) throws(Failure) {
    let path = URL(filePath: folder).standardizedFileURL.path
    try self.init(
      folder: path, files: FileNames.list(path, endings: Self.endings), split: split,
      maximumBytes: maximumBytes)
  }

  /// The most memory pixels may take unless said otherwise, 16 GiB.
  public static let maximumBytes = 16 << 30

  private init(folder: String, files: [String], split: DatasetSplit, maximumBytes: Int) throws(Failure) {
    let prefixes = Set(files.compactMap(Self.prefix(of:)).filter { Self.belongs($0, to: split) }).sorted()
    guard let prefix = prefixes.first else {
      throw Failure(
        "no \(split.rawValue) images in the IDX format", at: folder,
        mend: "add \(split == .train ? "train" : "t10k")\(Self.imagesSuffix), or choose the other split")
    }
    guard prefixes.count == 1 else {
      let found = prefixes.map { $0 + Self.imagesSuffix }.joined(separator: ", ")
      throw Failure(
        "several sets of \(split.rawValue) images: \(found)", at: folder,
        mend: "name one of the files, or leave one set in the folder")
    }
    try self.init(folder: folder, files: files, prefix: prefix, maximumBytes: maximumBytes)
  }

  private init(folder: String, files: [String], prefix: String, maximumBytes: Int) throws(Failure) {
    func existing(_ name: String) -> String? {
      [name, name + ".gz"].first { files.contains($0) }.map { folder + "/" + $0 }
    }
    let imagesPath = existing(prefix + Self.imagesSuffix) ?? folder
    let images = try IDXFile(path: imagesPath, axes: 3, maximumBytes: maximumBytes)
    guard images.sizes.allSatisfy({ $0 > 0 }) else {
      throw Failure("an IDX file without images or pixels", at: imagesPath, mend: "fetch the file again")
    }
    facts = ImageSetFacts(path: imagesPath)
    count = images.sizes[0]
    height = images.sizes[1]
    width = images.sizes[2]
    pixels = images.bytes

    guard let labelsPath = existing(prefix + Self.labelsSuffix) else {
      labels = nil
      return
    }
    let values = try IDXFile(path: labelsPath, axes: 1, maximumBytes: maximumBytes).bytes
    guard values.count == count else {
      throw Failure(
        "\(values.count) labels for \(count) images", at: labelsPath,
        mend: "put the labels beside the images they belong to")
    }
    labels = values
    facts.classNames = (0...Int(values.max() ?? 0)).map(String.init)
  }

  /// The class of an image; nil for one without.
  public func label(of index: Int) -> Int? { labels.map { Int($0[index]) } }

  /// The file and the image's place in it, `file#index`.
  public func location(of index: Int) -> String { "\(path)#\(index)" }

  /// An image, copied out of the set.
  ///
  /// - Throws: `Failure` when it has more pixels than the limits allow.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    try options.check(width: width, height: height, place: location(of: index))
    let size = width * height
    return ImageReader(
      Image(
        width: width, height: height, channels: 1, pixels: Array(pixels[index * size..<(index + 1) * size])),
      place: location(of: index))
  }

  /// What stands before `-images-idx3-ubyte[.gz]` in a file's name.
  private static func prefix(of file: String) -> String? {
    for suffix in [imagesSuffix, imagesSuffix + ".gz"] where file.hasSuffix(suffix) {
      return String(file.dropLast(suffix.count))
    }
    return nil
  }

  private static func belongs(_ prefix: String, to split: DatasetSplit) -> Bool {
    let endings = split == .train ? ["train"] : ["t10k", "test"]
    return endings.contains { prefix == $0 || prefix.hasSuffix("-" + $0) }
  }
}
