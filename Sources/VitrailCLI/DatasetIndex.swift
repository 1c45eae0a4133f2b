import ArgumentParser
import Datasets
import Platform
import Records

extension Dataset {
  struct Index: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say how many images and classes there are, and how long it took to find them.",
      discussion: """
        Example: vitrail dataset index photos/
        Listings of folders with 10,000 images or more are kept in ~/.cache/vitrail/index and used again where nothing
        changed; VITRAIL_INDEX_CACHE=off turns that off.
        """)

    @Argument(
      help: "Images: a folder, tar shards, a .txt, .csv or .tsv list, or a folder of an IDX or CIFAR set.")
    var path: String
    @Option(help: "Part of a set that comes in parts: train or test. Default: train.")
    var split: DatasetSplit?
    @OptionGroup var layout: FileLayoutArguments
    @OptionGroup var output: JSONOutput

    private struct Contents: Encodable {
      let path, kind: String
      let images, classes, unlabelled: Int
      let seconds: Double
      let peakBytes: Int
      let files: [DataRecord.FileCount]
      let passedOver: PassedOver
    }

    func run() throws {
      let start = Clock.seconds
      let source = try ImageSources.open(path, options: SourceOptions(split: split, layout: layout.over()))
      let seconds = Clock.seconds - start
      let data = DataRecord(of: source)
      let contents = Contents(
        path: source.path, kind: ImageSources.kind(of: source), images: source.count,
        classes: source.classNames.count,
        unlabelled: (0..<source.count).count {
          source.label(of: $0) == nil && (!source.hasLabelSets || source.labels(of: $0).isEmpty)
        },
        seconds: seconds, peakBytes: ProcessMemory.peakBytes,
        files: data.files, passedOver: source.passedOver)
      if output.isText { ProgressLine().say(passedOverIn: source) }
      let unlabelled =
        contents.classes > 0 && contents.unlabelled > 0 ? ", \(contents.unlabelled) without a class" : ""
      try output.tell(
        "\(contents.images) images in \(contents.classes) classes (\(contents.kind))\(unlabelled), "
          + "indexed in \(fixed(contents.seconds, 2)) s\nfiles: \(data.filesSummary)", contents)
    }
  }
}
