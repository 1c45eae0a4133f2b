import Foundation
import Platform
import Records

/// The part of a data set that is wanted, where it comes in parts.
public enum DatasetSplit: String, Sendable, Codable, CaseIterable {
  /// What models learn from.
  case train
  /// What models are scored on.
  case test
}

extension DatasetSplit {
  /// Whether there is a folder at `path`.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return path.withRawPath { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names of folders that hold the part, in small letters, the one that is preferred first.
  private var folderNames: [String] {
    switch self {
    case .train: ["train", "training"]
    case .test: ["test", "testing", "val", "valid", "validation"]
    }
  }

  /// The folder of a part in one that comes in parts, and what else lies there; the folder itself where it does not.
  ///
  /// A folder comes in parts when it holds one to learn from and one to be scored on, written `train`, `Train` or `TRAIN`.
  /// Without `split` the part to learn from is meant.
  ///
  /// - Throws: `Failure` when the folder comes in parts and cannot be read.
  static func part(_ split: DatasetSplit?, of path: String) throws(Failure) -> (
    path: String, beside: PassedOver
  ) {
    let found = allCases.map { part in (part: part, name: part.folderName(in: path)) }
    let wanted = split ?? .train
    guard found.allSatisfy({ $0.name != nil }), let name = found.first(where: { $0.part == wanted })?.name
    else {
      return (path, PassedOver())
    }
    let listing = try FolderListing.list(path.rawBytes + [UInt8(ascii: "/")]).listing
    var beside = PassedOver()
    func pass(over kind: String, count: Int = 1, example: String) {
      beside.add(
        PassedOver.Entry(
          kind: kind, reason: "\(name)/ was taken here; name it itself, or choose by --split", count: count,
          example: example, isImageLike: false))
    }
    for other in listing.folderNames.prefix(maximumNamed) where other != name {
      pass(over: "folder \(other)/", example: "\(path)/\(other)")
    }
    if let first = listing.folderNames.dropFirst(maximumNamed).first {
      pass(
        over: "more folders", count: listing.folderNames.count - maximumNamed, example: "\(path)/\(first)")
    }
    if listing.imageCount > 0 {
      pass(over: "images beside it", count: listing.imageCount, example: path)
    }
    return ("\(path)/\(name)", beside)
  }

  private static let maximumNamed = 8

  /// The name of the part's folder as it is written there.
  private func folderName(in path: String) -> String? {
    let spellings = folderNames.flatMap { [$0, $0.capitalized, $0.uppercased()] }
    return spellings.first { Self.isFolder("\(path)/\($0)") }
  }
}
