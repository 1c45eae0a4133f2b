import Platform

/// Which values of floating-point samples are black and white: they become 0 and 1, and what lies outside lies outside.
///
/// One pair for all channels, or one a channel. Encoded as `[low, high]`, or as a list of such pairs.
public struct SampleRange: Sendable, Hashable {
  /// What becomes 0, and what becomes 1, of all channels or of each.
  public let pairs: [Pair]

  /// A value that becomes 0, and a greater one that becomes 1.
  public struct Pair: Sendable, Hashable {
    /// What becomes 0.
    public let low: Double
    /// What becomes 1.
    public let high: Double

    /// Creates a pair of finite values, the first the less.
    public init(low: Double, high: Double) {
      precondition(low.isFinite && high.isFinite && low < high, "a range from \(low) to \(high)")
      self.low = low
      self.high = high
    }
  }

  /// Creates a range, of one pair or one a channel.
  public init(_ pairs: [Pair]) {
    precondition((1...Image.maximumChannels).contains(pairs.count), "a range of \(pairs.count) pairs")
    self.pairs = pairs
  }

  /// One pair for all channels.
  public init(low: Double, high: Double) { self.init([Pair(low: low, high: high)]) }

  /// A pair for each of some channels.
  ///
  /// - Throws: `Failure` when there are pairs for another number of channels.
  func pairs(forChannels channels: Int, place: String) throws(Failure) -> [Pair] {
    if pairs.count == 1 { return Array(repeating: pairs[0], count: channels) }
    guard pairs.count == channels else { throw mismatch(channels: channels, place) }
    return pairs
  }

  /// The part for some channels of an image that is made of several, itself where it is one for all.
  ///
  /// - Throws: `Failure` when there are no pairs for these channels.
  package func channels(_ range: Range<Int>, place: String) throws(Failure) -> SampleRange {
    guard pairs.count > 1 else { return self }
    guard range.upperBound <= pairs.count else { throw mismatch(channels: range.upperBound, place) }
    return SampleRange(Array(pairs[range]))
  }

  private func mismatch(channels: Int, _ place: String) -> Failure {
    Failure(
      "an image of \(channels) channels, where data.range has \(pairs.count) pairs", at: place,
      mend: "give one pair [low, high] for all channels, or one for each")
  }
}

extension SampleRange: CustomStringConvertible {
  /// `0 … 4095`, or such a pair for each channel.
  public var description: String {
    pairs.map { "\($0.low) … \($0.high)" }.joined(separator: ", ")
  }
}

extension SampleRange: Codable {
  /// Decodes `[low, high]` or a list of such pairs.
  ///
  /// - Throws: `DecodingError` for anything else, and for a pair whose first value is not the less.
  public init(from decoder: any Decoder) throws {
    let lists: [[Double]]
    if let one = try? [Double](from: decoder) { lists = [one] } else { lists = try [[Double]](from: decoder) }
    guard (1...Image.maximumChannels).contains(lists.count),
      lists.allSatisfy({ $0.count == 2 && $0[0].isFinite && $0[1].isFinite && $0[0] < $0[1] })
    else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "a range is [low, high] with low below high, or one such pair a channel"))
    }
    self.init(lists.map { Pair(low: $0[0], high: $0[1]) })
  }

  /// Encodes `[low, high]` or a list of such pairs.
  public func encode(to encoder: any Encoder) throws {
    let lists = pairs.map { [$0.low, $0.high] }
    if lists.count == 1 { try lists[0].encode(to: encoder) } else { try lists.encode(to: encoder) }
  }
}
