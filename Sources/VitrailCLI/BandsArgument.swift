import ArgumentParser
import Platform

/// The option `--bands` of all commands that read images.
struct BandsArgument: ParsableArguments {
  @Option(
    name: .customLong("bands"),
    help: """
      Ends of file names, separated by commas: files with a common start are the channels of one image. Default: those \
      of the recipe or of the run, if any; '' for none.
      """)
  private var list: String?

  /// The ends in their order; nil without the option.
  var names: [String]? { list.map { $0.split(separator: ",").map(String.init) } }
}
