import ArgumentParser
import Datasets
import Foundation
import Platform

struct Dataset: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Work on sets of images.",
    discussion: "Example: vitrail dataset export --data /usr/share/datasets/fashion-mnist --out images/",
    subcommands: [Describe.self, Export.self, Index.self])

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write an IDX set as a folder of PNG images, a sub-folder a class.",
      discussion:
        "Example: vitrail dataset export --data /usr/share/datasets/fashion-mnist --split train --out images/train"
    )

    @Option(help: "Folder of an IDX set.")
    var data: String
    @Option(help: "Part of the set: train or test.")
    var split: DatasetSplit = .train
    @Option(help: "Folder to write to; images that are there already are kept.")
    var out: String
    @Option(
      help: "Names of the classes in the order of their numbers, separated by commas; default: their numbers."
    )
    var classes: String?
    @Option(help: "Only that many images; default: all.", transform: number(in: 1...Int.max))
    var limit: Int?
    @OptionGroup var output: JSONOutput

    private struct Summary: Encodable {
      let out: String
      let images: Int
    }

    func run() throws {
      try OutputCheck.folder(out)
      let source = try IDXImages(folder: data, split: split)
      let written = try source.exportPNG(
        to: URL(fileURLWithPath: out), limit: limit,
        classNames: classes.map { $0.split(separator: ",").map(String.init) })
      try output.tell("\(written) images written to \(out)", Summary(out: out, images: written))
    }
  }
}

extension DatasetSplit: ExpressibleByArgument {}
