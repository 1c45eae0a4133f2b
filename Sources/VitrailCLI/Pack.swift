import ArgumentParser
import Datasets
import Foundation
import Imaging
import Platform
import Records

struct Pack: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a set of images as tar shards, which disks read forwards.",
    discussion: """
      Example: vitrail pack --data photos/ --out shards/ --resize 256
      JPEG files that need no change are copied byte for byte. Images of 16 bits or four channels are stored as PNG \
      whatever --format says, since JPEG cannot hold them.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case jpeg, keep
  }

  @Option(
    help: "Images: a folder, tar shards, a .txt, .csv or .tsv list, or a folder of an IDX or CIFAR set.")
  var data: String
  @Option(help: "Folder for the shards and classes.txt: missing or empty.")
  var out: String
  @Option(
    help:
      "Reduce the shorter side to this many pixels, as Pillow's bicubic resize; smaller images stay as they are. Default: sizes stay.",
    transform: number(in: 1...65_500))
  var resize: Int?
  @Option(
    help: "JPEG quality; colour is stored whole from 95 on, else at half the size (4:2:0). Default: 95.",
    transform: number(in: 1...100))
  var quality = 95
  @Option(help: "jpeg: images become JPEG; keep: what is no JPEG becomes PNG, without loss.")
  var format = Format.jpeg
  @Flag(
    help: "Take a fourth channel for a channel like others; default: it is alpha, and white shines through.")
  var keepAlpha = false
  @Option(help: "Most bytes of a shard, such as 512MB or 2GiB; default: 512MB.", transform: byteCount)
  var shardSize: Int?
  @Option(
    help: "Number of shards, instead of their size; default: by size.", transform: number(in: 1...999_999))
  var shardCount: Int?
  @Option(help: "Part of a set that comes in parts: train or test. Default: train.")
  var split: DatasetSplit?
  @OptionGroup var layout: FileLayoutArguments
  @Option(
    help: "Only that many images, drawn at random, each class by its share; default: all.",
    transform: number(in: 1...Int.max))
  var limit: Int?
  @Option(help: "Seed of the order.")
  var seed: UInt64 = 0
  @Option(help: "Share of files that may be undecodable. Default: 0.05.", transform: number(in: 0.0...1))
  var maxBad = BadImages.defaultMaximumShare
  @OptionGroup var decoding: DecodingArguments
  @Option(help: "Threads; default: one a core.", transform: number(in: 1...1024))
  var threads: Int?
  @OptionGroup var output: JSONOutput

  func validate() throws {
    guard shardSize == nil || shardCount == nil else {
      throw ValidationError("give either --shard-size or --shard-count")
    }
  }

  func run() throws {
    try OutputCheck.folder(out)
    let source = SubsetImages.limited(
      to: limit,
      of: try ImageSources.open(
        data, options: SourceOptions(split: split, layout: layout.over(), maximumBad: maxBad)))
    StopSignals.listen(notice: "stopping; once more to leave what was written behind")
    let line = ProgressLine()
    line.say(passedOverIn: source)
    let start = Clock.seconds
    let folder = URL(fileURLWithPath: out)
    let summary = try ShardPacker(source, options: options).pack(
      to: folder, shouldStop: { StopSignals.wantsStop }
    ) { fraction, images in
      line.show("packing", fraction, rate: Double(images) / max(Clock.seconds - start, 1e-9))
    }
    line.finish()
    var text =
      "\(summary.images) images (\(summary.copied) copied as they are) in \(summary.shards) shards, "
      + "\(fixed(Double(summary.bytes) * 1e-6, 1)) MB, \(folder.path)"
    if summary.skipped > 0 {
      text +=
        "\nskipped \(summary.skipped) bad images: \(RunFile.badImages.url(in: folder).path)"
    }
    try output.tell(text, summary)
  }

  private var options: ShardPacker.Options {
    var options = ShardPacker.Options()
    options.form.shorterSide = resize
    options.form.encoder = JPEGEncoder(quality: quality)
    options.form.keepsPNG = format == .keep
    options.form.keepsAlpha = keepAlpha
    if let shardSize { options.shardSize = .bytes(shardSize) }
    if let shardCount { options.shardSize = .count(shardCount) }
    options.seed = seed
    options.maximumBad = maxBad
    options.loading.decoding = decoding.options
    if let threads { options.loading.threads = threads }
    return options
  }
}
