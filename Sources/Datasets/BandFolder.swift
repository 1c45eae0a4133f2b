import Foundation
import Imaging
import Platform
import Records

/// Images whose bands are files of their own, such as those of satellites: files in one folder that share what stands
/// before the suffix of their band are one image, a channel a band, in the order in which the bands are given.
///
/// - Bands are gray images of one size; those of 8 bits widen beside others of 16. An image that lacks a band is bad.
/// - Files, order and classes are as in `ImageFolder`; files of no band are passed over.
public struct BandFolder: ImageSourceKind {
  /// The name in listings.
  public static let name = "bands"
  /// What is accepted, in a line.
  public static let summary =
    "with --bands, a folder of images whose bands are files told apart by the ends of their names"
  /// Where the layout comes from.
  public static let source = "the file layout of Sentinel-2 products (ESA)"

  private static let missing: Int32 = -1
  private static let ambiguous: Int32 = -2

  /// The folder; its classes are the first-level folders that hold images, in the order of their names' bytes. Passed over
  /// is what is of none of the bands.
  public let facts: ImageSetFacts
  private let index: FolderIndex
  private let bands: BandSuffixes
  // The file of each band of each image, or `missing` or `ambiguous`.
  private let files: [Int32]
  // Any file of each image.
  private let firstFiles: [Int32]

  /// Opens a folder where bands are wanted.
  public static func open(path: String, options: SourceOptions) throws(Failure) -> BandFolder? {
    guard !options.layout.bands.isEmpty else { return nil }
    guard DatasetSplit.isFolder(path) else {
      throw Failure(
        "bands are wanted of what is no folder", at: path, mend: "give a folder, or no bands: --bands ''")
    }
    return try BandFolder(path: path, bands: options.layout.bands, beside: options.beside)
  }

  /// Lists the images in and below the folder at `path`; `bands` are the ends of the files' names, before the
  /// extension or with it.
  ///
  /// - Throws: `Failure` when a folder is missing or must not be read, when the bands are no names of bands, or when no
  ///   file is of a band.
  public init(path: String, bands: [String]) throws(Failure) {
    try self.init(path: path, bands: bands, beside: PassedOver())
  }

  private init(path: String, bands: [String], beside: PassedOver) throws(Failure) {
    try located("bands") { () throws(Failure) in try FileLayout(bands: bands).validate() }
    let suffixes = BandSuffixes(bands)
    let index = try FolderIndex(path, cache: .standard()) { suffixes.match($0) != nil }
    guard index.paths.count > 0 else {
      throw Failure(
        "no image whose name ends in \(bands.joined(separator: " or "))", at: index.root,
        mend: "give the ends of the files' names, such as _B02.png")
    }
    self.index = index
    self.bands = suffixes
    var passedOver = index.passedOver
    passedOver.add(beside)
    facts = ImageSetFacts(path: index.root, classNames: index.classNames, passedOver: passedOver)
    (files, firstFiles) = Self.grouped(index.paths, suffixes)
  }

  /// Number of images.
  public var count: Int { firstFiles.count }

  /// The class of an image; nil for one without.
  public func label(of index: Int) -> Int? { self.index.label(of: Int(firstFiles[index])) }

  /// What the paths of the image's files have in common.
  public func location(of index: Int) -> String {
    let path = self.index.paths[Int(firstFiles[index])]
    return location(path.prefix(bands.match(path)?.prefixCount ?? path.count))
  }

  /// The files of the bands that there are.
  public func files(of index: Int) -> [String] {
    files[index * bands.names.count..<(index + 1) * bands.names.count].filter { $0 >= 0 }.map {
      location(self.index.paths[Int($0)])
    }
  }

  /// Reads the files of an image.
  ///
  /// - Throws: `Failure` when one is missing, cannot be read, is not gray, of another size or above the limits.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    let place = location(of: index)
    var readers: [ImageReader] = []
    for (band, name) in bands.names.enumerated() {
      let file = files[index * bands.names.count + band]
      guard file >= 0 else {
        throw Failure(
          "\(file == Self.missing ? "no file" : "more than one file") for the band \(name)", at: place,
          mend: "give one file a band, or remove the others")
      }
      var options = options
      options.range = try options.range?.channels(band..<band + 1, place: place)
      readers.append(try ImageReader(contentsOf: location(self.index.paths[Int(file)]), options: options))
    }
    return try ImageReader(stacking: readers, options: options, place: place)
  }

  private func location(_ path: ArraySlice<UInt8>) -> String {
    index.root + "/" + String(rawBytes: path)
  }

  private static func grouped(_ paths: PackedPaths, _ bands: BandSuffixes) -> (files: [Int32], first: [Int32])
  {
    let matches = (0..<paths.count).map { file -> (file: Int, prefix: Range<Int>, band: Int) in
      guard let match = bands.match(paths[file]) else {
        preconditionFailure("only files of bands are listed")
      }
      let start = paths.range(of: file).lowerBound
      return (file, start..<start + match.prefixCount, match.band)
    }
    let order = matches.sorted {
      paths.bytes[$0.prefix].lexicographicallyPrecedes(paths.bytes[$1.prefix])
    }
    var files: [Int32] = []
    var first: [Int32] = []
    var last = 0..<0
    for match in order {
      if first.isEmpty || paths.bytes[last] != paths.bytes[match.prefix] {
        last = match.prefix
        first.append(Int32(match.file))
        files += [Int32](repeating: missing, count: bands.names.count)
      }
      let place = files.count - bands.names.count + match.band
      files[place] = files[place] == missing ? Int32(match.file) : ambiguous
    }
    return (files, first)
  }
}
