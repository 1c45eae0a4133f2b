import Foundation
import Platform

/// The images and labels that the headers of archives tell of.
struct ShardScan {
  /// The most bytes of a `.cls` and of a `.json` member.
  private static let maximumLabelBytes = (cls: 1 << 16, json: 16 << 20)
  private static let imageExtensions: Set<String> = ["jpg", "jpeg", "png"]

  /// The archives.
  private(set) var shards: [OpenShards.Shard] = []
  /// Where the images of archive i end among all.
  private(set) var shardEnds: [Int] = []
  /// Where the data of each image begin in its archive, and how many bytes they are.
  private(set) var offsets: [Int] = []
  private(set) var sizes: [Int] = []
  /// Paths in the archives, one after the other; the one of image i ends at nameEnds[i].
  private(set) var names: [UInt8] = []
  private(set) var nameEnds: [Int] = []
  /// The number of each image's label in `table`; −1 without one.
  private(set) var labels: [Int32] = []
  private(set) var table = ShardLabels()

  /// What the members of one key have told so far.
  private struct Sample {
    var key: ArraySlice<UInt8> = []
    var firstImage = 0
    var label: Int32 = -1
    var isFromClass = false
  }

  /// Adds the images of an archive.
  ///
  /// - Throws: `Failure` when it cannot be read, is damaged or cut short, or has a label that is none.
  mutating func add(_ path: String) throws(Failure) {
    let file = try OpenShard(path: path)
    var reader = TarReader(file, path: path)
    var sample = Sample(firstImage: offsets.count)
    while let member = try reader.next() {
      guard let (key, ending) = Self.parts(of: member.name) else { continue }
      if key != sample.key {
        close(sample)
        sample = Sample(key: key, firstImage: offsets.count)
      }
      func place() -> String { "\(path), byte \(member.headerOffset)" }
      if Self.imageExtensions.contains(ending) {
        offsets.append(member.offset)
        sizes.append(member.size)
        names += member.name
        nameEnds.append(names.count)
        labels.append(-1)
      } else if ending == "cls" {
        let bytes = try reader.data(of: member, limit: Self.maximumLabelBytes.cls)
        guard let text = ShardLabels.text(cls: bytes) else { continue }
        sample.label = table.number(of: text, at: place())
        sample.isFromClass = true
      } else if ending == "json" && !sample.isFromClass {
        let bytes = try reader.data(of: member, limit: Self.maximumLabelBytes.json)
        guard let text = try ShardLabels.text(json: bytes, at: place()) else { continue }
        sample.label = table.number(of: text, at: place())
      }
    }
    close(sample)
    shards.append(.init(path: path, size: file.size, modified: file.modified))
    shardEnds.append(offsets.count)
  }

  private mutating func close(_ sample: Sample) {
    for index in sample.firstImage..<labels.count { labels[index] = sample.label }
  }

  /// The key, which is the path up to the first dot after its last slash, and what follows the dot, in small letters;
  /// nil for a hidden file or one without a dot.
  static func parts(of name: [UInt8]) -> (key: ArraySlice<UInt8>, ending: String)? {
    let start = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    guard let dot = name[start...].firstIndex(of: UInt8(ascii: ".")), dot > start else { return nil }
    return (name[..<dot], String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased())
  }
}
