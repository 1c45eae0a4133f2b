import ArgumentParser
import Datasets
import Platform

/// The options of all commands that read images which say how files make up images.
struct FileLayoutArguments: ParsableArguments {
  @Option(
    name: .customLong("bands"),
    help: """
      Ends of file names, separated by commas: files with a common start are the channels of one image. Default: those \
      of the recipe or of the run, if any; '' for none.
      """)
  private var bands: String?
  @Option(
    help: """
      Files with several pages, such as TIFF stacks: images (each page is one), channels (the pages are those of one \
      image) or first (the first page alone). Default: that of the recipe or of the run, images.
      """)
  private var pages: FileLayout.Pages?
  @Flag(
    inversion: .prefixedNo,
    help: """
      Open files of a folder whose names are not those of images, and take those that are images. Default: as the \
      recipe or the run, no.
      """)
  private var anyExtension: Bool?

  private var bandNames: [String]? { bands.map { $0.split(separator: ",").map(String.init) } }

  /// What was given, over a layout that counts where nothing was.
  func over(_ layout: FileLayout = FileLayout()) -> FileLayout {
    FileLayout(
      bands: bandNames ?? layout.bands, pages: pages ?? layout.pages,
      anyExtension: anyExtension ?? layout.anyExtension)
  }

  /// What was given, as overrides of a recipe.
  var settings: [String] {
    (bandNames.map { ["data.bands=\(JSONValue.encoding($0).text)"] } ?? [])
      + (pages.map { ["data.pages=\($0.rawValue)"] } ?? [])
      + (anyExtension.map { ["data.anyExtension=\($0)"] } ?? [])
  }
}

extension FileLayout.Pages: ExpressibleByArgument {}
