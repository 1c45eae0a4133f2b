import Imaging
import Platform

/// What some images of a set are like: sizes, channels and depth of up to 200, brightness of a few.
///
/// Taken before a long training; reads headers, and the pixels of images that are quickly decoded.
public struct ImageGlance: Sendable, Equatable {
  /// Images that were looked at, and how many of them could not be read.
  public private(set) var images = 0, unreadable = 0
  /// Widths and heights, ascending.
  public private(set) var widths: [Int] = [], heights: [Int] = []
  /// The shorter sides, ascending.
  public private(set) var shorterSides: [Int] = []
  /// How many images have that many channels, and that many bits a sample.
  public private(set) var channels: [Int: Int] = [:], depths: [Int: Int] = [:]
  /// Mean and standard deviation over the values of the few that were decoded, in 0…1; nil when none was.
  public private(set) var mean, standardDeviation: Double?

  private static let headers = 200
  private static let decoded = 16
  /// Pixels that are decoded of an image at most.
  private static let largestDecoded = 2 << 20

  private struct Finding: Sendable {
    let width, height, channels: Int
    var depth: Int?
    var sums: ChannelSums?
  }

  /// Looks at images that are drawn from a set.
  public init(of source: any ImageSource, options: LoadingOptions = LoadingOptions()) throws(Failure) {
    let indices = imagesStandingFor(source.count, limit: Self.headers, seed: 0)
    let stride = max(1, indices.count / Self.decoded)
    let chosen = Set(indices.indices.filter { $0 % stride == 0 }.prefix(Self.decoded).map { indices[$0] })
    var total = ChannelSums(channels: 1)
    func scan(_ indices: [Int], decodes: Bool) -> ImageScan<Finding> {
      ImageScan(source: source, indices: indices, loading: options) { (reader) throws(Failure) -> Finding in
        let isQuick =
          reader.width * reader.height <= Self.largestDecoded && [1, 3].contains(reader.channels)
        var found = Finding(
          width: reader.width, height: reader.height, channels: reader.channels, depth: reader.header?.depth)
        guard decodes && isQuick else { return found }
        let image = try reader.image()
        found.sums = ChannelSums(of: image.converted(toChannels: 1))
        found.depth = image.samples.format.bitCount
        return found
      }
    }
    let others = indices.filter { !chosen.contains($0) }
    for (part, decodes) in [(indices.filter(chosen.contains), true), (others, false)] {
      try scan(part, decodes: decodes).run { _, outcome in
        images += 1
        guard case .found(let found) = outcome else { return unreadable += 1 }
        widths.append(found.width)
        heights.append(found.height)
        channels[found.channels, default: 0] += 1
        if let depth = found.depth { depths[depth, default: 0] += 1 }
        if let sums = found.sums { total.add(sums) }
      }
    }
    shorterSides = zip(widths, heights).map(min).sorted()
    widths.sort()
    heights.sort()
    if let sum = total.mean.first, sum.isFinite {
      (mean, standardDeviation) = (sum, total.standardDeviation.first)
    }
  }
}
