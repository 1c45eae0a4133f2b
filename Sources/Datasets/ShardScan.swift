import Foundation
import Platform
import Records

/// The images and labels that the headers of archives tell of.
struct ShardScan {
  /// The most bytes of a `.cls` and of a `.json` member.
  private static let maximumLabelBytes = (cls: 1 << 16, json: 16 << 20)

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

  /// What is no image among the members.
  private(set) var passedOver = PassedOver()

  /// Adds the images of an archive.
  ///
  /// - Throws: `Failure` when it cannot be read, is damaged or cut short, or has a label that is none.
  mutating func add(_ path: String) throws(Failure) {
    let file = try OpenFile(path, "archive")
    var reader = TarReader(file, path: path)
    var samples = ShardSamples(archive: path)
    while let member = try reader.next() {
      guard let kind = ShardMember(member.name) else {
        samples.passOver(member, nil)
        continue
      }
      switch kind.content {
      case .image: samples.add(member, kind)
      case .classLabel:
        let bytes = try reader.data(of: member, limit: Self.maximumLabelBytes.cls)
        guard let text = ShardLabels.text(cls: bytes) else { continue }
        let label = table.number(of: text, at: "\(path), byte \(member.headerOffset)")
        samples.add(label: label, kind.isDotted ? .dottedClass : .plainClass, member, kind)
      case .json where samples.hasClass(kind): continue
      case .json:
        let place = "\(path), byte \(member.headerOffset)"
        let bytes = try reader.data(of: member, limit: Self.maximumLabelBytes.json)
        guard let text = try ShardLabels.text(json: bytes, at: place) else { continue }
        samples.add(label: table.number(of: text, at: place), .json, member, kind)
      case .unread, .other: samples.passOver(member, kind)
      }
    }
    samples.passOver(links: reader.links)
    for (image, label) in samples.resolved() {
      offsets.append(image.offset)
      sizes.append(image.size)
      names += image.name
      nameEnds.append(names.count)
      labels.append(label)
    }
    passedOver.add(samples.tally.passedOver)
    shards.append(.init(path: path, size: file.size, modified: file.modified))
    shardEnds.append(offsets.count)
  }
}
