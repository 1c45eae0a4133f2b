import Datasets
import Imaging
import Platform
import Synchronization

/// Notes of a cache.
final class Notes: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  @Sendable func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// A source that counts how often an image is read.
final class CountedImages: ImageSource {
  private let images: any ImageSource
  private let reads = Atomic(0)
  init(_ images: any ImageSource) { self.images = images }

  /// Reads since this was asked last.
  func takeReads() -> Int { reads.exchange(0, ordering: .relaxed) }

  var facts: ImageSetFacts { ImageSetFacts(path: images.path, classNames: images.classNames) }
  var count: Int { images.count }
  func label(of index: Int) -> Int? { images.label(of: index) }
  func location(of index: Int) -> String { images.location(of: index) }
  func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    reads.wrappingAdd(1, ordering: .relaxed)
    return try images.reader(at: index, options: options)
  }
}
