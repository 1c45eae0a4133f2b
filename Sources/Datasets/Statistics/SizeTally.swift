/// Counts images by their size.
struct SizeTally {
  private struct Size: Hashable {
    let width, height: Int
  }

  private var counts: [Size: Int] = [:]

  mutating func add(width: Int, height: Int) { counts[Size(width: width, height: height), default: 0] += 1 }

  var width: DatasetStatistics.Spread? { spread { Double($0.width) } }
  var height: DatasetStatistics.Spread? { spread { Double($0.height) } }
  var aspectRatio: DatasetStatistics.Spread? { spread { Double($0.width) / Double($0.height) } }

  /// Images by the powers of two that their sides lie between.
  var ranges: [DatasetStatistics.SizeRange] {
    var images: [Size: Int] = [:]
    for (size, count) in counts {
      images[
        Size(width: Self.powerOfTwo(below: size.width), height: Self.powerOfTwo(below: size.height)),
        default: 0] +=
        count
    }
    return images.sorted { ($0.key.width, $0.key.height) < ($1.key.width, $1.key.height) }.map {
      least, count in
      DatasetStatistics.SizeRange(
        minimumWidth: least.width, maximumWidth: 2 * least.width - 1, minimumHeight: least.height,
        maximumHeight: 2 * least.height - 1, images: count)
    }
  }

  /// Images by aspect ratio.
  var ratioRanges: [DatasetStatistics.RatioRange] {
    let limits: [Double] = [1 / 3, 1 / 2, 2 / 3, 3 / 4, 0.9, 1 / 0.9, 4 / 3, 3 / 2, 2, 3]
    var ranges: [DatasetStatistics.RatioRange] = []
    for place in 0...limits.count {
      ranges.append(
        .init(
          minimum: place == 0 ? 0 : limits[place - 1], limit: place < limits.count ? limits[place] : nil,
          images: 0))
    }
    for (size, count) in counts {
      let ratio = Double(size.width) / Double(size.height)
      ranges[limits.firstIndex { ratio < $0 } ?? limits.count].images += count
    }
    return ranges
  }

  private func spread(_ value: (Size) -> Double) -> DatasetStatistics.Spread? {
    let values = counts.map { (value: value($0.key), count: $0.value) }.sorted { $0.value < $1.value }
    guard let first = values.first, let last = values.last else { return nil }
    let total = values.reduce(0) { $0 + $1.count }
    func ranked(_ rank: Int) -> Double {
      var seen = 0
      return values.first {
        seen += $0.count
        return rank < seen
      }?.value ?? last.value
    }
    return .init(
      minimum: first.value, median: (ranked((total - 1) / 2) + ranked(total / 2)) / 2, maximum: last.value)
  }

  /// The greatest power of two that is not above `side`.
  private static func powerOfTwo(below side: Int) -> Int {
    1 << (Int.bitWidth - 1 - side.leadingZeroBitCount)
  }
}
