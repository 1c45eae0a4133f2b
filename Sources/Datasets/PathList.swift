import Foundation
import Imaging
import Platform

/// Image files that a list names.
///
/// - A path may name a page of a file: `stack.tif#12`, counted from 0.
/// - `.txt`: a path a line; empty lines and those that start with `#` are passed over, as are blanks around a path.
/// - `.csv`, `.tsv`: a row an image, quotes as RFC 4180 has them. A first row that names the columns of the path and, if
///   there are labels, of the label (`ListColumns`) may have them in any order beside others; without it the first column
///   is the path and the second, if any, the label. A row whose label is empty has none. A column `labels` instead
///   holds any number of labels an image, with `|` between them.
/// - Where the first row is no row by commas or tabs, but by another of comma, tab and semicolon, that one is meant.
/// - Relative paths start at the list's folder. Where none of the first files is there the list is refused; of others it
///   shows when they are read. Files whose extension is that of an image that is not read are passed over.
public struct PathList: ImageSourceKind {
  /// The name in listings.
  public static let name = "list"
  /// What is accepted, in a line.
  public static let summary = "a .txt list of paths, or a .csv or .tsv list with the columns path and label"
  /// Where the layout comes from.
  public static let source = "RFC 4180 (Shafranovich, 2005)"

  /// The list's file; its classes are the labels met, by their value where all are numbers, else by their bytes. Passed
  /// over are files of the list that are not read, by their extensions.
  public let facts: ImageSetFacts
  private let folder: String
  private let paths: PackedPaths
  private let labels: [Int32]
  private let labelSets: [[Int32]]?

  /// The most bytes a list may have, 4 GiB.
  private static let maximumBytes = 4 << 30

  /// Opens a file whose extension is that of a list.
  public static func open(path: String, options: SourceOptions) throws(Failure) -> PathList? {
    guard Format(path) != nil, !DatasetSplit.isFolder(path) else { return nil }
    return try PathList(path: path)
  }

  /// Reads the list at `path`.
  ///
  /// - Throws: `Failure`, with line and column where it is about one, when the list cannot be read, is empty, or its
  ///   columns or quotes are not as they must be.
  public init(path: String) throws(Failure) {
    let path = URL(filePath: path).standardizedFileURL.path
    guard let format = Format(path) else {
      throw Failure("no list by its name", at: path, mend: "name it .txt, .csv or .tsv")
    }
    let bytes = try WholeFile.read(path, maximumBytes: Self.maximumBytes)
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let entries = try ListEntries(bytes.starts(with: mark) ? bytes[3...] : bytes[...], format, path: path)
    folder = URL(filePath: path).deletingLastPathComponent().path
    paths = entries.paths
    let (texts, ranks) = entries.names.ranked
    labels = entries.labels.map { $0 < 0 ? -1 : ranks[Int($0)] }
    facts = ImageSetFacts(
      path: path, classNames: texts, hasLabelSets: entries.labelSets != nil,
      passedOver: entries.passedOver.passedOver)
    labelSets = entries.labelSets.map { sets in sets.map { set in Set(set.map { ranks[Int($0)] }).sorted() } }
  }

  /// All classes of an image, ascending.
  public func labels(of index: Int) -> [Int] {
    labelSets?[index].map { Int($0) } ?? label(of: index).map { [$0] } ?? []
  }

  /// Number of images.
  public var count: Int { paths.count }

  /// The class of an image; nil for one without.
  public func label(of index: Int) -> Int? {
    labelSets != nil || labels[index] < 0 ? nil : Int(labels[index])
  }

  /// The path of an image's file.
  public func location(of index: Int) -> String {
    let path = String(rawBytes: paths[index])
    if path.hasPrefix("/") { return path }
    return folder == "/" ? "/" + path : folder + "/" + path
  }

  /// Whether the format that the file's name tells has pages; false where the list names a page.
  public func mayHoldPages(_ index: Int) -> Bool {
    ImageExtension.mayHoldPages(paths[index]) && PagedPath(location(of: index)).page == nil
  }

  /// The pages of an image's file.
  public func pageCount(of index: Int) throws(Failure) -> Int {
    try EncodedBytes.pageCount(ofFile: location(of: index))
  }

  /// Reads an image file, or the page of it that the list names.
  ///
  /// - Throws: `Failure` when it cannot be read, is no image or above the limits.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    let path = PagedPath(location(of: index))
    var options = options
    if let page = path.page { options.pages = .page(page) }
    return try ImageReader(contentsOf: path.file, options: options)
  }

  /// How a list is written.
  enum Format {
    case lines
    case delimited(by: UInt8)

    /// The format that a file's extension asks for.
    init?(_ path: String) {
      switch URL(filePath: path).pathExtension.lowercased() {
      case "txt": self = .lines
      case "csv": self = .delimited(by: UInt8(ascii: ","))
      case "tsv": self = .delimited(by: UInt8(ascii: "\t"))
      default: return nil
      }
    }
  }
}
