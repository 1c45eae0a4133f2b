import Foundation
import Imaging
import Platform
import Records

/// Images in tar archives, in the convention of WebDataset: `key.jpg`, `.jpeg` or `.png`, and anywhere in the same archive
/// `key.cls` (the number or the name of the class) or `key.json` (with `label`).
///
/// - A folder's archives are in the order of the bytes of their names. Other members are passed over and counted; see
///   `ShardSamples` for names with further dots and names that come again.
/// - Class names are those in a `classes.txt` beside the archives, else the labels themselves.
/// - Opening reads headers and labels; images are read from their places in the archives. An epoch takes the archives
///   in a random order and reads each forwards (`SampleOrder.shards`).
public struct TarShards: ImageSourceKind {
  /// The name in listings.
  public static let name = "shards"
  /// What is accepted, in a line.
  public static let summary =
    "a .tar file or a folder of .tar files with key.jpg or key.png and key.cls or key.json"
  /// Where the layout comes from.
  public static let source =
    "Aizman et al., 2019, High Performance I/O For Large Scale Deep Learning (WebDataset)"

  /// The archive or the folder that holds the archives, and their classes. Passed over is what lies around the archives
  /// and in them and is none of the images, and lines of `classes.txt` that repeat a name. Training takes the archives'
  /// images, each archive forwards.
  public private(set) var facts: ImageSetFacts
  private let scan: ShardScan
  private let classes: [Int32]
  private let files: OpenShards

  /// Opens an archive or a folder that holds archives.
  public static func open(path: String, options: SourceOptions) throws(Failure) -> TarShards? {
    guard DatasetSplit.isFolder(path) else {
      if path.hasSuffix(".tar") { return try TarShards(archives: [path], path: path) }
      guard let tool = PackedArchive.tool(for: path) else { return nil }
      throw Failure(
        "a compressed archive, in which images cannot be read from their places", at: path,
        mend: "unpack it with \(tool)")
    }
    return try TarShards(folder: path, beside: options.beside)
  }

  private init?(folder: String, beside: PassedOver) throws(Failure) {
    let archives = try FileNames.list(folder, endings: [".tar"]).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    guard !archives.isEmpty else { return nil }
    try self.init(archives: archives.map { folder + "/" + $0 }, path: folder)
    facts.passedOver.add(beside)
  }

  /// Reads the headers of archives that lie in one folder.
  ///
  /// - Throws: `Failure` when one cannot be read or is damaged, when there is no image, or for a label that
  ///   `classes.txt` does not have.
  init(archives: [String], path: String) throws(Failure) {
    var scan = ShardScan()
    for archive in archives { try scan.add(archive) }
    guard !scan.offsets.isEmpty, let first = archives.first else {
      let others = scan.passedOver.isEmpty ? "" : ", but \(scan.passedOver.summary)"
      throw Failure(
        "no images in \(archives.count == 1 ? "the archive" : "the archives")\(others)", at: path,
        mend: "put images as key.jpg or key.png into them, for instance with vitrail pack")
    }
    self.scan = scan
    files = OpenShards(scan.shards)
    let listPath = URL(filePath: first).deletingLastPathComponent().path + "/classes.txt"
    let list = try ClassList.read(listPath)
    let (names, classes) = try scan.table.resolved(list: list)
    var passedOver = scan.passedOver
    if let list, list.count > names.count {
      passedOver.add(
        .init(
          kind: "lines of classes.txt", reason: "a name that is there already: one class",
          count: list.count - names.count, example: listPath, isImageLike: false))
    }
    let ranges = scan.shardEnds.indices.map { ($0 == 0 ? 0 : scan.shardEnds[$0 - 1])..<scan.shardEnds[$0] }
    facts = ImageSetFacts(
      path: path, classNames: classes.isEmpty ? [] : names, passedOver: passedOver,
      order: .shards(ranges.filter { !$0.isEmpty }, buffer: SampleOrder.defaultBuffer))
    self.classes = classes
  }

  /// Number of images.
  public var count: Int { scan.offsets.count }

  /// Archives that are open now.
  package var openCount: Int { files.openCount }

  /// The class of an image; nil for one without.
  public func label(of index: Int) -> Int? {
    scan.labels[index] < 0 ? nil : Int(classes[Int(scan.labels[index])])
  }

  /// The archive and the path in it, `shard.tar#key.jpg`.
  public func location(of index: Int) -> String {
    let start = index == 0 ? 0 : scan.nameEnds[index - 1]
    let name = String(rawBytes: scan.names[start..<scan.nameEnds[index]])
    return "\(scan.shards[shard(of: index)].path)#\(name)"
  }

  /// Whether the format that the member's name tells has pages.
  public func mayHoldPages(_ index: Int) -> Bool {
    let start = index == 0 ? 0 : scan.nameEnds[index - 1]
    return ImageExtension.mayHoldPages(scan.names[start..<scan.nameEnds[index]])
  }

  /// The pages of an image's member.
  public func pageCount(of index: Int) throws(Failure) -> Int {
    try EncodedBytes.pageCount(
      of: scan.sizes[index], at: scan.offsets[index], of: files.file(shard(of: index)).descriptor,
      place: location(of: index))
  }

  /// Reads an image from its place in its archive.
  ///
  /// - Throws: `Failure` when it cannot be read, is no image or above the limits.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    let place = location(of: index)
    let file = try files.file(shard(of: index))
    let bytes = try EncodedBytes(
      reading: scan.sizes[index], at: scan.offsets[index], of: file.descriptor, options: options, place: place
    )
    return try ImageReader(bytes, options: options, place: place)
  }

  private func shard(of index: Int) -> Int { scan.shardEnds.firstAbove(index) }
}

extension RandomAccessCollection where Index == Int {
  /// The place of the first element above `value` in a sorted collection; its end without one.
  func firstAbove<Value: Comparable>(_ value: Value) -> Int where Element == Value {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
