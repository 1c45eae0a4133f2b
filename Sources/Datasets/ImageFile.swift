import Foundation
import Imaging
import Platform

/// One image file that is named itself: its content decides, whatever it is called.
public struct ImageFile: ImageSourceKind {
  /// The name in listings.
  public static let name = "image"
  /// What is accepted, in a line.
  public static let summary = "one \(ImageCodecs.titles(joinedBy: "or")) file"
  /// Where the formats come from.
  public static let source = ImageCodecs.sources

  /// The file.
  public let facts: ImageSetFacts

  private let page: Int?

  private init(_ path: String) {
    facts = ImageSetFacts(path: path)
    page = nil
  }

  /// One page of the file at `path`, counted from 0.
  ///
  /// - Throws: `Failure` when it cannot be read or has no such page.
  init(_ path: String, page: Int) throws(Failure) {
    let count = try EncodedBytes.pageCount(ofFile: path)
    guard page < count else {
      throw Failure(
        "no page \(page) in a file of \(count == 1 ? "one page" : "\(count) pages")", at: path,
        mend: count == 1 ? "leave out #\(page)" : "give #0 to #\(count - 1)")
    }
    facts = ImageSetFacts(path: path)
    self.page = page
  }

  /// Opens a file that is an image by its content; nil where neither content nor name is that of one.
  ///
  /// - Throws: `Failure` naming the format of an image that is not read, or what is wrong with a file that has the name
  ///   of an image.
  public static func open(path: String, options: SourceOptions) throws(Failure) -> ImageFile? {
    guard options.layout.bands.isEmpty, !DatasetSplit.isFolder(path) else { return nil }
    switch try signature(of: path) {
    case .read: return ImageFile(path)
    case .unread(let format):
      throw Failure(
        "a \(format.title) image, which is not read", at: path,
        mend: UnreadFormats.remedy(for: format))
    case nil:
      guard ImageExtension.isImage(path) else { return nil }
      // The reader says what is wrong with it.
      _ = try ImageReader(contentsOf: path)
      return ImageFile(path)
    }
  }

  private static func signature(of path: String) throws(Failure) -> ImageSignature? {
    // O_NONBLOCK: opening a pipe must not wait for a writer.
    let descriptor = path.withRawPath { Foundation.open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw systemFailure("cannot open the file", path) }
    defer { close(descriptor) }
    return ImageSignature(startOf: descriptor)
  }

  /// One.
  public var count: Int { 1 }
  /// Nil.
  public func label(of index: Int) -> Int? { nil }
  /// The file's path, and the page where one is meant.
  public func location(of index: Int) -> String { page.map { "\(path)#\($0)" } ?? path }
  /// True, unless one page is meant.
  public func mayHoldPages(_ index: Int) -> Bool { page == nil }
  /// The pages of the file.
  public func pageCount(of index: Int) throws(Failure) -> Int { try EncodedBytes.pageCount(ofFile: path) }

  /// Reads the file.
  ///
  /// - Throws: `Failure` when it cannot be read, is damaged or above the limits.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    var options = options
    if let page { options.pages = .page(page) }
    return try ImageReader(contentsOf: path, options: options)
  }
}
