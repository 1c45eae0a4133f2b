import Foundation
import Platform
import Records

/// The images in a folder and all folders below it, in the order of the bytes of their paths; the first folder level
/// names the class.
struct FolderIndex: Sendable {
  /// The folder, as an absolute path.
  let root: String
  /// Paths from the root on.
  let paths: PackedPaths
  /// The first-level folders that hold images, in the order of their names' bytes.
  let classNames: [String]
  /// What else there is.
  let passedOver: PassedOver
  /// How many folders had to be listed; the others were known from the cache.
  let listedCount: Int
  private let labels: [Int32]

  /// Visits the folder at `path`; of images that `isWanted` refuses nothing is kept.
  ///
  /// - Parameter anyExtension: whether files without the name of an image are opened to see whether they are one.
  /// - Throws: `Failure` when a folder is missing or must not be read.
  init(
    _ path: String, cache: FolderIndexCache?, anyExtension: Bool = false,
    isWanted: (_ name: ArraySlice<UInt8>) -> Bool = { _ in true }
  ) throws(Failure) {
    root = URL(filePath: path).standardizedFileURL.path
    // What is kept was told by names.
    let cache = anyExtension ? nil : cache
    var walk = FolderWalk(
      root: root, earlier: cache?.load(root) ?? [], margin: cache?.margin ?? 0,
      imageSign: anyExtension ? .nameOrContent : .name)
    var paths = PackedPaths()
    var classes = ClassesInOrder()
    var unwanted = FolderLeftovers()
    try walk.run { prefix, name in
      guard isWanted(name) else { return unwanted.add(.offBand, prefix + name) }
      paths.append(prefix[...], name)
      classes.append(prefix)
    }
    if let cache, walk.isChanged, paths.count >= cache.threshold {
      // Without a cache the next walk takes longer, and that is all.
      try? cache.save(walk.records, of: root)
    }
    self.paths = paths
    var leftovers = walk.leftovers
    leftovers.add(unwanted, below: [])
    passedOver = leftovers.passedOver(below: root)
    listedCount = walk.listedCount
    (classNames, labels) = classes.ranked
  }

  /// The class of an image; nil for one without.
  func label(of index: Int) -> Int? { labels[index] < 0 ? nil : Int(labels[index]) }
}

/// The classes of images that come class by class.
private struct ClassesInOrder {
  private var names: [ArraySlice<UInt8>] = []
  private var labels: [Int32] = []
  private var lastPrefix: [UInt8] = []
  private var lastLabel: Int32 = -1

  mutating func append(_ prefix: [UInt8]) {
    if prefix != lastPrefix {
      lastPrefix = prefix
      let name = prefix.prefix { $0 != UInt8(ascii: "/") }
      if name.isEmpty {
        lastLabel = -1
      } else {
        if names.last != name { names.append(name) }
        lastLabel = Int32(names.count - 1)
      }
    }
    labels.append(lastLabel)
  }

  /// The names in the order of their bytes, and the labels by that order: folders are met with a slash at the end,
  /// `a-b/` before `a/`. Names that differ in their Unicode form alone are one class, by the first of them.
  var ranked: (names: [String], labels: [Int32]) {
    let order = names.indices.sorted { names[$0].lexicographicallyPrecedes(names[$1]) }
    var rank = [Int32](repeating: 0, count: order.count)
    var texts: [String] = []
    // Strings are equal where they are canonically equivalent.
    var places: [String: Int32] = [:]
    for index in order {
      let text = String(rawBytes: names[index])
      if places[text] == nil {
        places[text] = Int32(texts.count)
        texts.append(text)
      }
      rank[index] = places[text] ?? -1
    }
    return (texts, labels.map { $0 < 0 ? -1 : rank[Int($0)] })
  }
}
