import Foundation
import Imaging
import Platform

/// PNG and JPEG files in a folder and all folders below it; the first folder level names the class.
///
/// - Files are in the order of the bytes of their paths, whatever the file system's order.
/// - A file is an image by its extension: `png`, `jpg`, `jpeg` or `jfif`, in any case. What is inside shows when
///   it is decoded. Files with other extensions, and hidden files and folders, are passed over.
/// - Files directly in the folder have no class; without images in sub-folders nothing has one.
/// - Links to files and folders are followed, except those that lead back to a folder above.
public struct ImageFolder: ImageSource {
  /// The name in listings.
  public static let name = "folder"
  /// What is accepted, in a line.
  public static let summary =
    "a folder of .png, .jpg, .jpeg or .jfif images (nested; class = first folder level)"
  /// Where the layout comes from.
  public static let source = "the layout of torchvision's ImageFolder"

  /// The folder.
  public let path: String
  /// The first-level folders that hold images, in the order of their names' bytes.
  public let classNames: [String]
  private let labels: [Int32]
  // Paths below `path`, one after the other; the one of image i ends at ends[i].
  private let names: [UInt8]
  private let ends: [Int]

  /// Opens a folder; one that holds both `train/` and `test/` stands for the one that `split` names.
  public static func open(path: String, split: DatasetSplit?) throws(Failure) -> ImageFolder? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    if let split {
      let listing = try FolderListing(path: path)
      if DatasetSplit.allCases.allSatisfy({ listing.hasFolder($0.rawValue) }) {
        return try ImageFolder(path: path + "/" + split.rawValue)
      }
    }
    return try ImageFolder(path: path)
  }

  /// Lists the images in and below the folder at `path`.
  ///
  /// - Throws: `Failure` when a folder is missing or must not be read, or when there is no image.
  public init(path: String) throws(Failure) {
    let path = URL(filePath: path).standardizedFileURL.path
    var walk = Walk(root: path)
    try walk.visit(below: [], ancestors: [])
    guard !walk.ends.isEmpty else {
      throw Failure("no images in this folder or below", at: path, mend: ImageSources.accepted)
    }
    self.path = path
    names = walk.names
    ends = walk.ends
    // The walk meets `a-b/` before `a/`; classes are in the order of their names alone.
    let order = walk.classes.indices.sorted {
      walk.classes[$0].utf8.lexicographicallyPrecedes(walk.classes[$1].utf8)
    }
    var rank = [Int32](repeating: 0, count: order.count)
    for (place, index) in order.enumerated() { rank[index] = Int32(place) }
    classNames = order.map { walk.classes[$0] }
    labels = walk.labels.map { $0 < 0 ? -1 : rank[Int($0)] }
  }

  /// Number of images.
  public var count: Int { ends.count }

  /// The class of an image; nil for one without.
  public func label(of index: Int) -> Int? { labels[index] < 0 ? nil : Int(labels[index]) }

  /// The path of an image's file.
  public func location(of index: Int) -> String {
    let start = index == 0 ? 0 : ends[index - 1]
    return path + "/" + String(decoding: names[start..<ends[index]], as: UTF8.self)
  }

  /// Reads an image file.
  ///
  /// - Throws: `Failure` when it cannot be read, is no image or above the limits.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    try ImageReader(contentsOf: location(of: index), options: options)
  }
}

/// The images met so far while folders are visited depth first.
private struct Walk {
  let root: String
  var names: [UInt8] = []
  var ends: [Int] = []
  var labels: [Int32] = []
  var classes: [String] = []

  init(root: String) { self.root = root }

  mutating func visit(below prefix: [UInt8], ancestors: [FolderListing.Identity]) throws(Failure) {
    let listing = try FolderListing(path: root + "/" + String(decoding: prefix, as: UTF8.self))
    guard !ancestors.contains(listing.identity) else { return }
    let isRoot = prefix.isEmpty
    try listing.forEach { (name, isFolder) throws(Failure) in
      if isFolder {
        let first = ends.count
        try visit(below: prefix + name, ancestors: ancestors + [listing.identity])
        if isRoot && ends.count > first {
          for index in first..<ends.count { labels[index] = Int32(classes.count) }
          classes.append(String(decoding: name.dropLast(), as: UTF8.self))
        }
      } else if Self.isImage(name) {
        names += prefix
        names += name
        ends.append(names.count)
        labels.append(-1)
      }
    }
  }

  private static let extensions: Set<[UInt8]> = Set(["png", "jpg", "jpeg", "jfif"].map { Array($0.utf8) })

  private static func isImage(_ name: ArraySlice<UInt8>) -> Bool {
    let longest = 4
    guard let dot = name.suffix(longest + 1).lastIndex(of: UInt8(ascii: ".")) else { return false }
    return extensions.contains(name[(dot + 1)...].map { (65...90).contains($0) ? $0 + 32 : $0 })
  }
}
