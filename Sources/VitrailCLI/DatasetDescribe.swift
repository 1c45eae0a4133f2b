import ArgumentParser
import Datasets
import Foundation
import Imaging
import Platform

extension Dataset {
  struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what a set of images consists of.",
      discussion: """
        Example: vitrail dataset describe photos/ --json-file photos.json --sheet photos.png
        Counts classes, sizes and kinds of files, measures mean and standard deviation, and finds images that are \
        repeated, nearly constant or unreadable. Reads every image.
        """)

    @Argument(
      help:
        "Images: a folder, tar shards, a .txt, .csv or .tsv list, a .npy array, or a folder of an IDX or CIFAR set."
    )
    var path: String
    @Option(help: "Part of a set that comes in parts: train or test. Default: train.")
    var split: DatasetSplit?
    @OptionGroup var layout: FileLayoutArguments
    @OptionGroup var decoding: DecodingArguments
    @Option(
      help: "Look at that many images only, drawn at random; default: all.",
      transform: number(in: 1...Int.max))
    var sample: Int?
    @Option(help: "Seed of the draw.")
    var seed: UInt64 = 0
    @OptionGroup var output: JSONOutput
    @Option(help: "Also write a picture with images of each class to this PNG file; default: none is drawn.")
    var sheet: String?

    func run() throws {
      for file in [output.jsonFile, sheet].compactMap(\.self) { try OutputCheck.file(file) }
      let source = try ImageSources.open(path, options: SourceOptions(split: split, layout: layout.over()))
      let survey = DatasetSurvey(
        of: source, sample: sample, seed: seed, options: LoadingOptions(decoding: decoding.options))
      let line = ProgressLine()
      line.say(passedOverIn: source)
      let statistics = try survey.run { line.show("reading", done: $0, of: survey.count) }
      line.finish()
      try output.tell(
        "\(DatasetText(statistics))".trimmingCharacters(in: .newlines), json: document(statistics))
      if let sheet {
        guard
          let picture = ContactSheetImages(source: source, decoding: sheetDecoding(of: source)).sheet.render()
        else {
          throw Failure("no image can be read, so there is no picture", at: path, mend: "check the files")
        }
        OutputMarks.note(URL(fileURLWithPath: sheet))
        try picture.writePNG(to: URL(fileURLWithPath: sheet))
      }
      guard statistics.readable > 0 else {
        throw Failure(
          "none of \(statistics.surveyed) images can be read", at: path,
          mend: statistics.unreadable.first.map { "\($0.reason): check \($0.path) and the others" }
            ?? "check the files")
      }
    }

    /// How images are read for the sheet: floating-point samples without a range are shown by that of the set.
    private func sheetDecoding(of source: any ImageSource) -> DecodeOptions {
      var options = decoding.options
      let measurement = try? SampleRangeMeasurement(
        of: source, seed: seed, options: LoadingOptions(decoding: options))
      options.range = options.range ?? measurement?.range
      return options
    }

    private func document(_ statistics: DatasetStatistics) throws -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(statistics), as: UTF8.self)
    }
  }
}
