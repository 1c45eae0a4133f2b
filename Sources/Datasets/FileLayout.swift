import Imaging
import Platform

/// How the files of a set make up its images.
public struct FileLayout: Sendable, Equatable {
  /// What becomes of files with several pages, such as stacks in TIFF files.
  public enum Pages: String, Sendable, Codable, CaseIterable {
    /// Each page is an image, `stack.tif#12`.
    case images
    /// The pages are the channels of one image.
    case channels
    /// The first page is the image; the others are left out.
    case first
  }

  /// Ends of the names of the files that make up one image, a channel each; empty where a file is an image.
  public var bands: [String]
  /// What becomes of files with several pages.
  public var pages: Pages
  /// Whether a file in a folder may be an image whatever its name: each is opened and looked at.
  public var anyExtension: Bool

  /// Creates a layout; by default every file is an image, every page of one too, and names say which files are.
  public init(bands: [String] = [], pages: Pages = .images, anyExtension: Bool = false) {
    self.bands = bands
    self.pages = pages
    self.anyExtension = anyExtension
  }

  /// Checks the names of the bands.
  ///
  /// - Throws: `Failure` when there are too many, or when one is empty, holds a slash or comes twice.
  public func validate() throws(Failure) {
    guard bands.count <= Image.maximumChannels else {
      throw Failure(
        "\(bands.count) bands, above the limit of \(Image.maximumChannels)", at: "",
        mend: "give fewer bands")
    }
    for (index, band) in bands.enumerated() {
      guard !band.isEmpty, !band.contains("/"), !bands[..<index].contains(band) else {
        throw Failure(
          "the band '\(band)' is empty, holds a slash or comes twice", at: "",
          mend: "give the ends of file names, such as _B02.png, each once")
      }
    }
  }
}
