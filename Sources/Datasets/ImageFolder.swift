import Foundation
import Imaging
import Platform
import Records

/// Image files in a folder and all folders below it; the first folder level names the class.
///
/// - Files are in the order of the bytes of their paths, whatever the file system's order.
/// - A file is an image by its extension, one of those of `ImageCodecs.formats`, in any case; with
///   `FileLayout.anyExtension` by what it starts with. What is inside shows when it is decoded. Other files, hidden files
///   and folders, and what this program wrote are passed over, and counted.
/// - Classes whose names differ in their Unicode form alone (é in one character or in two) are one.
/// - Files directly in the folder have no class; without images in sub-folders nothing has one.
/// - Links to files and folders are followed, except those that lead back to a folder above.
public struct ImageFolder: ImageSourceKind {
  /// The name in listings.
  public static let name = "folder"
  /// What is accepted, in a line.
  public static let summary =
    "a folder of \(ImageCodecs.titles(joinedBy: "or")) images (nested; class = first folder level)"
  /// Where the layout comes from.
  public static let source = "the layout of torchvision's ImageFolder"

  private let index: FolderIndex
  /// The folder; its classes are the first-level folders that hold images, in the order of their names' bytes.
  public let facts: ImageSetFacts

  /// Opens a folder.
  public static func open(path: String, options: SourceOptions) throws(Failure) -> ImageFolder? {
    guard DatasetSplit.isFolder(path) else { return nil }
    return try ImageFolder(
      FolderIndex(path, cache: .standard(), anyExtension: options.layout.anyExtension), beside: options.beside
    )
  }

  /// Lists the images in and below the folder at `path`.
  ///
  /// - Throws: `Failure` when a folder is missing or must not be read, or when there is no image.
  public init(path: String) throws(Failure) { try self.init(path: path, cache: .standard()) }

  package init(path: String, cache: FolderIndexCache?) throws(Failure) {
    try self.init(FolderIndex(path, cache: cache))
  }

  /// The images of an index, and what was passed over around its folder.
  init(_ index: FolderIndex, beside: PassedOver = PassedOver()) throws(Failure) {
    var passedOver = index.passedOver
    passedOver.add(beside)
    guard index.paths.count > 0 else { throw Self.empty(index.root, passedOver) }
    self.index = index
    facts = ImageSetFacts(path: index.root, classNames: index.classNames, passedOver: passedOver)
  }

  private static func empty(_ path: String, _ passedOver: PassedOver) -> Failure {
    guard !passedOver.isEmpty else {
      return Failure("no images in this folder or below", at: path, mend: ImageSources.accepted)
    }
    return Failure(
      "no images in this folder or below; passed over: \(passedOver.summary)", at: path,
      mend: "do what stands there, or give another folder")
  }

  /// Number of images.
  public var count: Int { index.paths.count }
  /// How many folders had to be listed when this was opened.
  package var listedFolderCount: Int { index.listedCount }

  /// The class of an image; nil for one without.
  public func label(of index: Int) -> Int? { self.index.label(of: index) }

  /// The path of an image's file.
  public func location(of index: Int) -> String {
    self.index.root + "/" + String(rawBytes: self.index.paths[index])
  }

  /// Whether the format that the file's name tells has pages; true where it tells none.
  public func mayHoldPages(_ index: Int) -> Bool { ImageExtension.mayHoldPages(self.index.paths[index]) }

  /// The pages of an image's file.
  public func pageCount(of index: Int) throws(Failure) -> Int {
    try EncodedBytes.pageCount(ofFile: location(of: index))
  }

  /// Reads an image file.
  ///
  /// - Throws: `Failure` when it cannot be read, is no image or above the limits.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    try ImageReader(contentsOf: location(of: index), options: options)
  }
}
