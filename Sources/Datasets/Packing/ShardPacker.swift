import Foundation
import Platform
import Records

/// Writes a set as tar shards that `TarShards` and WebDataset read: images in a random order, so that reading forwards
/// is random enough.
public struct ShardPacker: Sendable {
  /// When a shard is full.
  public enum ShardSize: Sendable, Equatable {
    /// Before it has more than that many bytes.
    case bytes(Int)
    /// So that there are that many, of about as many images each.
    case count(Int)
  }

  /// What is wanted.
  public struct Options: Sendable {
    /// How images are stored.
    public var form = PackedForm()
    /// When a shard is full.
    public var shardSize = ShardSize.bytes(512_000_000)
    /// The seed of the order.
    public var seed: UInt64 = 0
    /// Share of the images that may be undecodable.
    public var maximumBad = BadImages.defaultMaximumShare
    /// Threads, images ahead of the one that is written, and how files are read; the form says what becomes of alpha.
    public var loading = LoadingOptions()
    /// The defaults.
    public init() {}
  }

  /// What was done.
  public struct Summary: Codable, Sendable, Equatable {
    /// Images written.
    public var images = 0
    /// Those of them that are files as they were.
    public var copied = 0
    /// Images that could not be read.
    public var skipped = 0
    /// Archives.
    public var shards = 0
    /// Their bytes.
    public var bytes = 0
    /// Classes.
    public var classes = 0
    /// Seconds that it took.
    public var seconds = 0.0
    /// What lies at the path of the set and is none of its images.
    public var passedOver = PassedOver()
  }

  private let source: any ImageSource
  private let options: Options

  /// Prepares to write `source`.
  public init(_ source: any ImageSource, options: Options = Options()) {
    self.source = source
    self.options = options
  }

  /// Writes `shard-000000.tar`, …, `classes.txt` where there are classes, and `bad-images.txt` where there are bad images,
  /// into `folder`, which must be missing or empty. It appears whole or not at all.
  ///
  /// - Parameter progress: receives the share done and the images so far, after each image.
  /// - Throws: `Failure` when too many images are bad, the file system refuses, or `shouldStop` says so.
  public func pack(
    to folder: URL, shouldStop: () -> Bool = { false },
    progress: (_ fraction: Double, _ images: Int) -> Void = { _, _ in }
  ) throws(Failure) -> Summary {
    if case .count(let count) = options.shardSize, count > source.count {
      throw Failure(
        "\(count) shards for \(source.count) images", at: source.path, mend: "ask for fewer shards")
    }
    let work = try PackFolder(folder)
    do throws(Failure) {
      let summary = try write(to: work.unfinished, shouldStop, progress)
      try work.finish()
      return summary
    } catch {
      work.discard()
      throw error
    }
  }

  private func write(
    to folder: URL, _ shouldStop: () -> Bool, _ progress: (Double, Int) -> Void
  ) throws(Failure) -> Summary {
    let start = Clock.seconds
    let badImages = try BadImages(in: source, maximumShare: options.maximumBad)
    let producer = PackProducer(
      source: source, form: options.form, decoding: options.loading.decoding, badImages: badImages,
      seed: options.seed)
    let ring = PrefetchRing(producer, numbers: 0..<producer.batchCount, options: options.loading)
    defer { ring.stop() }
    var waiting = (try ring.next() ?? [])[...]
    func peek() throws(Failure) -> PackedSample? {
      while waiting.isEmpty {
        guard let more = try ring.next() else { return nil }
        waiting = more[...]
      }
      return waiting.first
    }
    var summary = Summary()
    while let first = try peek() {
      let url = folder.appendingPathComponent(Self.name(summary.shards))
      var size = TarWriter.end.count
      try AtomicFile.write(to: url) { (append) throws(Failure) in
        while let sample = try peek(), belongs(sample, with: first, size) {
          guard !shouldStop() else {
            throw Failure("stopped before the end; nothing was kept", at: url.path, mend: "run it again")
          }
          try append(sample.members)
          waiting.removeFirst()
          size += sample.members.count
          summary.images += 1
          summary.copied += sample.image.isCopy ? 1 : 0
          progress(Double(sample.position + 1) / Double(source.count), summary.images)
        }
        try append(TarWriter.end)
      }
      summary.shards += 1
      summary.bytes += size
    }
    guard summary.images > 0 else {
      throw Failure("no image could be read", at: source.path, mend: "check the files")
    }
    try writeLists(badImages, to: folder)
    summary.skipped = badImages.count
    summary.classes = source.classNames.count
    summary.passedOver = source.passedOver
    summary.seconds = Clock.seconds - start
    return summary
  }

  /// Whether an image belongs into the shard of `size` bytes that begins with `first`.
  private func belongs(_ sample: PackedSample, with first: PackedSample, _ size: Int) -> Bool {
    switch options.shardSize {
    case .bytes(let limit):
      return sample.position == first.position || size + sample.members.count <= limit
    case .count(let count):
      return sample.position * count / source.count == first.position * count / source.count
    }
  }

  private func writeLists(_ badImages: BadImages, to folder: URL) throws(Failure) {
    if !source.classNames.isEmpty {
      let lines = source.classNames.map { $0.replacingOccurrences(of: "\n", with: "\\n") + "\n" }
      try AtomicFile.write(Data(lines.joined().rawBytes), to: folder.appendingPathComponent("classes.txt"))
    }
    guard badImages.count > 0 else { return }
    let list = BadImageList(path: folder.appendingPathComponent(BadImageList.fileName).path)
    for (index, reason) in badImages.entries {
      try list.append(location: source.location(of: index), reason: reason)
    }
  }

  private static func name(_ number: Int) -> String {
    let text = String(number)
    return "shard-" + String(repeating: "0", count: max(0, 6 - text.count)) + text + ".tar"
  }
}
