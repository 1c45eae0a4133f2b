import Imaging
import Platform
import Tensors

/// Looks at images of a set on many threads and hands over what came of each, in their order.
struct ImageScan<Finding: Sendable>: Sendable {
  /// What came of one image.
  enum Outcome: Sendable {
    case found(Finding)
    case unreadable(Failure)
  }

  let source: any ImageSource
  /// The images to look at.
  let indices: [Int]
  let loading: LoadingOptions
  /// What is done with an image of a number, on any thread.
  let examine: @Sendable (ImageReader, _ index: Int) throws(Failure) -> Finding

  /// Calls `body` for each image, in the order of `indices`, on the calling thread.
  func run(_ body: (_ index: Int, _ outcome: Outcome) -> Void) throws(Failure) {
    let producer = ScanProducer(scan: self)
    let ring = PrefetchRing(producer, numbers: 0..<producer.batchCount, options: loading)
    defer { ring.stop() }
    while let batch = try ring.next() {
      for (index, outcome) in batch { body(index, outcome) }
    }
  }
}

extension ImageScan {
  /// A scan for which the numbers of the images do not matter.
  init(
    source: any ImageSource, indices: [Int], loading: LoadingOptions,
    examine: @escaping @Sendable (ImageReader) throws(Failure) -> Finding
  ) {
    self.init(source: source, indices: indices, loading: loading) {
      (reader, _) throws(Failure) -> Finding in try examine(reader)
    }
  }
}

/// The images that stand for a set of `count`: all of them, or `limit` drawn by a seed, ascending.
func imagesStandingFor(_ count: Int, limit: Int?, seed: UInt64) -> [Int] {
  guard let limit, limit < count else { return Array(0..<count) }
  var stream = RandomStream(seed: seed, purpose: .split, name: "images that stand for a set")
  return stream.permutation(count).prefix(limit).map(Int.init).sorted()
}

private struct ScanProducer<Finding: Sendable>: BatchProducer {
  /// Images in a batch: enough that threads seldom meet, few enough that progress shows.
  private let batchSize = 16
  let scan: ImageScan<Finding>

  var batchCount: Int { (scan.indices.count + batchSize - 1) / batchSize }

  func draft(_ number: Int) -> (draft: Range<Int>, rowCount: Int) {
    let start = number * batchSize
    let range = start..<min(start + batchSize, scan.indices.count)
    return (range, range.count)
  }

  func fill(_ row: Int, of draft: Range<Int>) -> ImageScan<Finding>.Outcome {
    do throws(Failure) {
      let index = scan.indices[draft.lowerBound + row]
      return .found(try scan.examine(scan.source.reader(at: index, options: scan.loading.decoding), index))
    } catch {
      return .unreadable(error)
    }
  }

  func finish(_ draft: Range<Int>, rows: [ImageScan<Finding>.Outcome]) -> [(Int, ImageScan<Finding>.Outcome)]
  {
    Array(zip(scan.indices[draft], rows))
  }
}
