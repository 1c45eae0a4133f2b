import Foundation
import Platform
import Records

/// Visits a folder and all folders below it, depth first; listings of an earlier walk are used where nothing changed.
///
/// Links are followed, except those that lead back to a folder above. What this program wrote is passed over.
struct FolderWalk {
  /// Receives an image: the path from the root to its folder, empty or with a slash at the end, and its name.
  typealias Visit = (_ prefix: [UInt8], _ name: ArraySlice<UInt8>) -> Void

  /// The folders as they are now, for the next walk; those that may yet change unseen are left out.
  private(set) var records: [FolderRecord] = []
  /// What there is beside images, by paths from the root.
  private(set) var leftovers = FolderLeftovers()
  /// How many folders had to be listed.
  private(set) var listedCount = 0
  /// Whether `records` differ from those of the earlier walk.
  var isChanged: Bool { hasNewRecords || records.count != earlierCount }

  private let root: [UInt8]
  private let margin: Int64
  private let imageSign: ImageSign
  private var earlier: ArraySlice<FolderRecord>
  private let earlierCount: Int
  private var hasNewRecords = false
  // How often each folder was visited, of those below a link.
  private var visits: [FolderStamp.Identity: Int] = [:]
  private static let maximumVisits = 1000
  // Where a run writes pictures.
  private static let runFolders = Set(
    RunFile.resultFolders.map { Array("\($0.name)/".utf8) })

  /// Prepares a walk.
  ///
  /// - Parameters:
  ///   - root: the folder's path.
  ///   - earlier: the records of an earlier walk, in its order.
  ///   - margin: nanoseconds that a folder must have rested before its listing is used again.
  ///   - imageSign: by what a file is known as an image.
  init(root: String, earlier: [FolderRecord], margin: Int64, imageSign: ImageSign = .name) {
    self.imageSign = imageSign
    self.root = root.rawBytes + [UInt8(ascii: "/")]
    self.earlier = earlier[...]
    self.margin = margin
    earlierCount = earlier.count
  }

  /// Visits all images.
  ///
  /// - Throws: `Failure` when a folder cannot be read.
  mutating func run(_ visit: Visit) throws(Failure) {
    try walk([], ancestors: [], isBelowLinks: false, visit)
  }

  private mutating func walk(
    _ prefix: [UInt8], ancestors: [FolderStamp.Identity], isBelowLinks: Bool, _ visit: Visit
  ) throws(Failure) {
    let record = try record(of: prefix)
    let identity = record.stamp.identity
    guard !ancestors.contains(identity) else { return }
    if isBelowLinks { try count(identity, prefix) }
    if !prefix.isEmpty, let origin = record.listing.leftovers.origin {
      leftovers.add(origin, prefix.dropLast())
      return
    }
    let listing = try record.listing.followingLinks(in: root + prefix, imageSign)
    leftovers.add(listing.leftovers, below: prefix)
    let isBelowLinks = isBelowLinks || record.listing.hasLinks
    // Data and a run may share a folder: --data photos --out photos.
    let isRun = record.listing.leftovers.origin == .run
    try listing.forEach { (name) throws(Failure) in
      if isRun && Self.runFolders.contains(Array(name)) {
        leftovers.add(.output, prefix + name.dropLast())
      } else if name.last == UInt8(ascii: "/") {
        try walk(prefix + name, ancestors: ancestors + [identity], isBelowLinks: isBelowLinks, visit)
      } else {
        visit(prefix, name)
      }
    }
  }

  /// Bounds the ways through links: their number can be exponential in that of the folders.
  private mutating func count(_ identity: FolderStamp.Identity, _ prefix: [UInt8]) throws(Failure) {
    visits[identity, default: 0] += 1
    guard visits[identity, default: 0] <= Self.maximumVisits else {
      throw Failure(
        "a folder that links reach in more than \(Self.maximumVisits) ways",
        at: String(rawBytes: root + prefix.dropLast()), mend: "remove the links that repeat it")
    }
  }

  private mutating func record(of prefix: [UInt8]) throws(Failure) -> FolderRecord {
    // Both walks go in the order of the bytes.
    while let next = earlier.first, next.prefix.lexicographicallyPrecedes(prefix) { earlier.removeFirst() }
    let path = root + prefix
    if let known = earlier.first, known.prefix == prefix, known.stamp == FolderStamp(at: path) {
      records.append(known)
      return known
    }
    let (listing, stamp) = try FolderListing.list(path, imageSign)
    listedCount += 1
    let record = FolderRecord(prefix: prefix, stamp: stamp, listing: listing)
    if stamp.isSettled(margin: margin) {
      records.append(record)
      hasNewRecords = true
    }
    return record
  }
}
