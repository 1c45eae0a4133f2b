import Foundation
import Platform
import Records

/// The registered image sources, and the choice among them by what a path holds.
public enum ImageSources {
  /// Every variant, the most particular first.
  public static let all: [any ImageSourceKind.Type] = [
    BandFolder.self, ImageFile.self, PathList.self, IDXImages.self, CIFARImages.self, ArrayImages.self,
    TarShards.self, ImageFolder.self,
  ]

  /// Opens the images at `path`, whatever kind of source they are in.
  ///
  /// A file is what its content or name says. Of a folder that comes in parts, the part that the options name is opened.
  /// Images in sub-folders win over archives and sets in files that lie beside them; of images in the folder itself and
  /// such a set, the larger wins. What lost is in `passedOver`. `stack.tif#12` is a page of a file.
  ///
  /// - Throws: `Failure` when there is nothing at `path`, when it cannot be read, when too much of it is passed over, or
  ///   when no source knows it; the last lists what is accepted.
  public static func open(_ path: String, options: SourceOptions) throws(Failure) -> any ImageSource {
    guard !path.isEmpty else {
      throw Failure("an empty path of images", at: "''", mend: "give a path; . is the current folder")
    }
    let path = URL(filePath: path).standardizedFileURL.path
    let named = PagedPath(path)
    var status = stat()
    guard path.withRawPath({ stat($0, &status) }) == 0 || named.page != nil else {
      throw systemFailure("cannot open the data", path)
    }
    if let page = named.page { return try ImageFile(named.file, page: page) }
    let source = try DatasetSplit.isFolder(path) ? openFolder(path, options) : openFile(path, options)
    if let share = options.maximumBad {
      try source.passedOver.requireFew(beside: source.count, maximumShare: share, at: path)
    }
    return switch options.layout.pages {
    case .images: PagedImages.paged(source)
    case .channels: StackedImages(files: source)
    case .first: source
    }
  }

  /// The name of the kind of a source that was opened here.
  public static func kind(of source: any ImageSource) -> String {
    switch source {
    case let source as PagedImages: kind(of: source.files)
    case let source as StackedImages: kind(of: source.files)
    case let source as any ImageSourceKind: type(of: source).name
    default: "set"
    }
  }

  /// Opens the images at `path`, files one by one; `split` as in `SourceOptions`.
  ///
  /// - Throws: `Failure` as `open(_:options:)`.
  public static func open(_ path: String, split: DatasetSplit? = nil) throws(Failure) -> any ImageSource {
    try open(path, options: SourceOptions(split: split))
  }

  static var accepted: String { "give " + all.map { $0.summary }.joined(separator: ", or ") }

  private static func openFile(_ path: String, _ options: SourceOptions) throws(Failure)
    -> any ImageSourceKind
  {
    for source in all {
      if let opened = try source.open(path: path, options: options) { return opened }
    }
    throw Failure("not a set of images that can be read", at: path, mend: accepted)
  }

  private static func openFolder(_ path: String, _ options: SourceOptions) throws(Failure)
    -> any ImageSourceKind
  {
    var (part, options) = (path, options)
    (part, options.beside) = try DatasetSplit.part(options.split, of: path)
    if let bands = try BandFolder.open(path: part, options: options) { return bands }
    let index = try FolderIndex(part, cache: .standard(), anyExtension: options.layout.anyExtension)
    guard index.classNames.isEmpty else { return try ImageFolder(index, beside: options.beside) }
    if let set = try openSet(in: part, index, options) { return set }
    // A set in files may lie beside empty folders of its parts.
    if part != path, index.paths.count == 0, let set = try openSet(in: path, index, options) { return set }
    return try ImageFolder(index, beside: options.beside)
  }

  /// The set in archives or files that the folder holds, where it has no fewer images than lie beside it.
  private static func openSet(
    in path: String, _ index: FolderIndex, _ options: SourceOptions
  ) throws(Failure) -> (any ImageSourceKind)? {
    let strays = index.paths.count
    var options = options
    if strays > 0 {
      options.beside.add(
        PassedOver.Entry(
          kind: strays == 1 ? "image" : "images",
          reason: "beside a set in files; put them into a folder of their own to read them",
          count: strays, example: index.root + "/" + String(rawBytes: index.paths[0]), isImageLike: true))
    }
    for source in [IDXImages.self, CIFARImages.self, TarShards.self, ArrayImages.self]
      as [any ImageSourceKind.Type]
    {
      do throws(Failure) {
        if let opened = try source.open(path: path, options: options), opened.count >= strays {
          return opened
        }
      } catch {
        // What cannot be read loses against images that can.
        guard strays > 0 else { throw error }
      }
    }
    return nil
  }
}
