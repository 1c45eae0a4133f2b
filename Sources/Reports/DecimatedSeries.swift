import Foundation

/// A line to plot, kept small however many points are appended.
///
/// Neighbouring points share a bucket, and buckets are merged in pairs when there are too many; each
/// remembers its lowest, highest and mean value, so that spikes survive.
public struct DecimatedSeries: Sendable {
  /// A place on the line.
  public struct Point: Sendable, Equatable {
    /// Where.
    public var x: Double
    /// The value there.
    public var y: Double

    /// Creates a point.
    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// Points that are not numbers, or beyond ±1e100, which no axis can show.
  public private(set) var notFiniteCount = 0
  /// The range of x, including where y is not finite; nil while empty.
  public private(set) var xRange: ClosedRange<Double>?
  private var buckets: [Bucket] = []
  private var stride = 1
  private let bucketLimit: Int

  /// Creates an empty series of at most `bucketLimit` buckets, which yield two points each.
  public init(bucketLimit: Int = 500) {
    precondition(bucketLimit >= 2, "DecimatedSeries: bucketLimit \(bucketLimit); wanted at least 2")
    self.bucketLimit = bucketLimit
  }

  /// Adds a point. Points come in order of x; one whose x is not finite is left out.
  public mutating func append(x: Double, y: Double) {
    guard x.magnitude <= 1e100 else {
      notFiniteCount += 1
      return
    }
    xRange = min(xRange?.lowerBound ?? x, x)...max(xRange?.upperBound ?? x, x)
    if buckets.last.map({ $0.count >= stride }) ?? true {
      if buckets.count == bucketLimit { mergePairs() }
      if buckets.last.map({ $0.count >= stride }) ?? true { buckets.append(Bucket()) }
    }
    if y.magnitude <= 1e100 {
      buckets[buckets.count - 1].add(Point(x: x, y: y))
    } else {
      notFiniteCount += 1
      buckets[buckets.count - 1].count += 1
    }
  }

  private mutating func mergePairs() {
    buckets = Swift.stride(from: 0, to: buckets.count, by: 2).map { index in
      index + 1 < buckets.count ? buckets[index].merged(with: buckets[index + 1]) : buckets[index]
    }
    stride *= 2
  }

  /// The range of finite y; nil where there is none.
  public var yRange: ClosedRange<Double>? {
    let finite = buckets.filter { $0.finiteCount > 0 }
    guard let low = finite.map(\.lowest.y).min(), let high = finite.map(\.highest.y).max() else { return nil }
    return low...high
  }

  /// The outline: lowest and highest of every bucket in order of x; nil is a gap (nothing finite).
  public var outline: [Point?] {
    buckets.flatMap { bucket -> [Point?] in
      guard bucket.finiteCount > 0 else { return [nil] }
      guard bucket.lowest != bucket.highest else { return [bucket.lowest] }
      return bucket.lowest.x < bucket.highest.x
        ? [bucket.lowest, bucket.highest] : [bucket.highest, bucket.lowest]
    }
  }

  /// The trend: a centred Gaussian mean over buckets, at most `outline.count` points; nil is a gap.
  ///
  /// Centred, so that it does not lag as an exponential mean does; near the left end, where losses fall
  /// steeply, the window narrows evenly on both sides. Every value lies within `yRange`.
  public var trend: [Point?] {
    let deviation = max(1.5, 0.015 * Double(buckets.count))
    let reach = Int(3 * deviation)
    let kernel = (0...reach).map { exp(-0.5 * pow(Double($0) / deviation, 2)) }
    return buckets.indices.map { centre in
      guard buckets[centre].finiteCount > 0 else { return nil }
      let half = min(reach, centre)
      var weight = 0.0
      var sum = 0.0
      for index in centre - half...min(centre + half, buckets.count - 1) {
        let share = kernel[abs(index - centre)]
        weight += share * Double(buckets[index].finiteCount)
        sum += share * buckets[index].sum
      }
      return Point(x: buckets[centre].meanX, y: sum / weight)
    }
  }
}

private struct Bucket: Sendable {
  var count = 0
  var finiteCount = 0
  var sum = 0.0
  var sumX = 0.0
  var lowest = DecimatedSeries.Point(x: 0, y: .infinity)
  var highest = DecimatedSeries.Point(x: 0, y: -.infinity)

  var meanX: Double { sumX / Double(finiteCount) }

  mutating func add(_ point: DecimatedSeries.Point) {
    count += 1
    finiteCount += 1
    sum += point.y
    sumX += point.x
    if point.y < lowest.y { lowest = point }
    if point.y > highest.y { highest = point }
  }

  func merged(with other: Bucket) -> Bucket {
    var result = self
    result.count += other.count
    result.finiteCount += other.finiteCount
    result.sum += other.sum
    result.sumX += other.sumX
    if other.lowest.y < lowest.y { result.lowest = other.lowest }
    if other.highest.y > highest.y { result.highest = other.highest }
    return result
  }
}
