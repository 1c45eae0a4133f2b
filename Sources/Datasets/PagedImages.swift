import Imaging
import Platform

/// A source of whose files some hold several pages, with each page as an image of its own.
///
/// A page is where its file is, with its number behind: `stack.tif#12`, counted from 0. Labels are those of the file.
public struct PagedImages: ImageSource {
  /// As of the files; the order keeps the pages of a file together where it keeps files in order.
  public let facts: ImageSetFacts
  /// The source whose images are the first pages.
  let files: any ImageSource
  // Where the pages of each file start among all images, and where those of the last end.
  private let starts: [Int]

  /// The source with its pages as images; itself where no file has more than one. Pages of damaged files are not counted:
  /// such a file is one bad image.
  static func paged(_ files: any ImageSource) -> any ImageSource {
    let paged = (0..<files.count).filter { files.mayHoldPages($0) }
    let counts = parallelMap(count: paged.count) { (try? files.pageCount(of: paged[$0])) ?? 1 }
    guard counts.contains(where: { $0 > 1 }) else { return files }
    var starts: [Int] = []
    starts.reserveCapacity(files.count + 1)
    var (end, next) = (0, 0)
    for file in 0..<files.count {
      starts.append(end)
      let isPaged = next < paged.count && paged[next] == file
      end += isPaged ? counts[next] : 1
      if isPaged { next += 1 }
    }
    return PagedImages(files: files, starts: starts + [end])
  }

  private init(files: any ImageSource, starts: [Int]) {
    self.files = files
    self.starts = starts
    var facts = files.facts
    facts.order = facts.order.expanded { starts[$0.lowerBound]..<starts[$0.upperBound] }
    self.facts = facts
  }

  /// Pages of all files.
  public var count: Int { starts[starts.count - 1] }
  /// The class of the page's file.
  public func label(of index: Int) -> Int? { files.label(of: file(of: index)) }
  /// All classes of the page's file.
  public func labels(of index: Int) -> [Int] { files.labels(of: file(of: index)) }
  /// The file, and the page where it has several.
  public func location(of index: Int) -> String {
    let file = file(of: index)
    let location = files.location(of: file)
    return starts[file + 1] - starts[file] == 1 ? location : "\(location)#\(index - starts[file])"
  }
  /// The files that the page is read from.
  public func files(of index: Int) -> [String] { files.files(of: file(of: index)) }

  /// Reads a page.
  ///
  /// - Throws: `Failure` as for its file.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    let file = file(of: index)
    var options = options
    options.pages = .page(index - starts[file])
    return try files.reader(at: file, options: options)
  }

  private func file(of index: Int) -> Int { starts.firstAbove(index) - 1 }
}

/// A source of whose files the pages are the channels of one image.
struct StackedImages: ImageSource {
  let files: any ImageSource

  var facts: ImageSetFacts { files.facts }
  var count: Int { files.count }
  func label(of index: Int) -> Int? { files.label(of: index) }
  func labels(of index: Int) -> [Int] { files.labels(of: index) }
  func location(of index: Int) -> String { files.location(of: index) }
  func files(of index: Int) -> [String] { files.files(of: index) }

  func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    var options = options
    options.pages = .allAsChannels
    return try files.reader(at: index, options: options)
  }
}
