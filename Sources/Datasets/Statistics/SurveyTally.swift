import Platform

/// Adds up what a survey finds, image by image in the order of the set.
struct SurveyTally {
  private let source: any ImageSource
  private var readable = 0
  private var encodedBytes = 0
  private var decodedBytes = 0
  private var encodings: [DatasetStatistics.Encoding: Int] = [:]
  private var sums: [Int: (images: Int, sums: ChannelSums)] = [:]
  private var spans: [Int: StoredSpan] = [:]
  private var pages: [Int: Int] = [:]
  private var sizes = SizeTally()
  private var firstOf: [ContentHash: Int] = [:]
  // Of each image that is repeated: itself and its copies.
  private var copies: [Int: [Int]] = [:]
  private var nearConstant: [Int] = []
  private var unreadable: [(index: Int, reason: String)] = []

  init(source: any ImageSource) { self.source = source }

  mutating func add(_ index: Int, _ outcome: ImageScan<ImageRecord>.Outcome) {
    switch outcome {
    case .found(let record): add(index, record)
    case .unreadable(let failure): unreadable.append((index, failure.problem))
    }
  }

  private mutating func add(_ index: Int, _ record: ImageRecord) {
    readable += 1
    encodedBytes += record.encodedBytes
    decodedBytes += record.decodedBytes
    encodings[record.encoding, default: 0] += 1
    sizes.add(width: record.width, height: record.height)
    let channels = record.sums.sums.count
    var group = sums[channels] ?? (0, ChannelSums(channels: channels))
    group.images += 1
    group.sums.add(record.sums)
    sums[channels] = group
    if let stored = record.stored { spans[channels, default: StoredSpan(channels: channels)].add(stored) }
    pages[record.pageCount, default: 0] += 1
    if record.isNearConstant { nearConstant.append(index) }
    if let first = firstOf[record.fingerprint] {
      copies[first, default: [first]].append(index)
    } else {
      firstOf[record.fingerprint] = index
    }
  }

  func statistics(surveyed: Int) -> DatasetStatistics {
    var classes = source.classNames.map { DatasetStatistics.ClassCount(name: $0, images: 0) }
    var unlabelled = 0
    for index in 0..<source.count {
      if let label = source.label(of: index) { classes[label].images += 1 } else { unlabelled += 1 }
    }
    let occupied = classes.map(\.images).filter { $0 > 0 }
    return DatasetStatistics(
      path: source.path, images: source.count, surveyed: surveyed, readable: readable,
      encodedBytes: encodedBytes, decodedBytes: decodedBytes, classes: classes, unlabelled: unlabelled,
      imbalance: occupied.max().flatMap { largest in occupied.min().map { Double(largest) / Double($0) } },
      encodings: sortedEncodings, channels: channelStatistics,
      storedValues: storedValues,
      pages: pages.sorted { $0.key < $1.key }.map { .init(pages: $0, images: $1) },
      width: sizes.width, height: sizes.height,
      aspectRatio: sizes.aspectRatio, sizes: sizes.ranges, aspectRatios: sizes.ratioRanges,
      duplicates: copies.sorted { $0.key < $1.key }.map { $0.value.map(source.location(of:)) },
      nearConstant: nearConstant.map(source.location(of:)),
      unreadable: unreadable.map { .init(path: source.location(of: $0.index), reason: $0.reason) },
      passedOver: source.passedOver)
  }

  private var sortedEncodings: [DatasetStatistics.Encoding] {
    let counted = encodings.map { encoding, count in
      var encoding = encoding
      encoding.images = count
      return encoding
    }
    return counted.sorted { left, right in
      left.images != right.images
        ? left.images > right.images
        : (left.format, left.channels, left.depth) < (right.format, right.channels, right.depth)
    }
  }

  private var storedValues: [DatasetStatistics.StoredValues] {
    spans.sorted { $0.key < $1.key }.map { channels, span in
      .init(
        channels: channels, images: span.images, minimum: span.minimum.map { $0.map(Double.init) },
        maximum: span.maximum.map { $0.map(Double.init) }, missing: span.missing)
    }
  }

  private var channelStatistics: [DatasetStatistics.ChannelStatistics] {
    sums.sorted { $0.key < $1.key }.map { channels, group in
      .init(
        channels: channels, images: group.images, pixels: group.sums.pixels, mean: group.sums.mean,
        standardDeviation: group.sums.standardDeviation)
    }
  }
}
