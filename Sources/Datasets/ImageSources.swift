import Foundation
import Platform

/// The registered image sources, and the choice among them by what a path holds.
public enum ImageSources {
  /// Every variant, the most particular first: the first that knows a path opens it.
  public static let all: [any ImageSource.Type] = [
    BandFolder.self, PathList.self, IDXImages.self, CIFARImages.self, TarShards.self, ImageFolder.self,
  ]

  /// Opens the images at `path`, whatever kind of source they are in.
  ///
  /// - Throws: `Failure` when there is nothing at `path`, when it cannot be read, or when no source knows it;
  ///   the last lists what is accepted.
  public static func open(_ path: String, options: SourceOptions) throws(Failure) -> any ImageSource {
    let path = URL(filePath: path).standardizedFileURL.path
    var status = stat()
    guard stat(path, &status) == 0 else { throw systemFailure("cannot open the data", path) }
    for source in all {
      if let opened = try source.open(path: path, options: options) { return opened }
    }
    throw Failure("not a set of images that can be read", at: path, mend: accepted)
  }

  /// Opens the images at `path`, files one by one; `split` as in `SourceOptions`.
  ///
  /// - Throws: `Failure` as `open(_:options:)`.
  public static func open(_ path: String, split: DatasetSplit? = nil) throws(Failure) -> any ImageSource {
    try open(path, options: SourceOptions(split: split))
  }

  static var accepted: String { "give " + all.map { $0.summary }.joined(separator: ", or ") }
}
