import Tensors

/// In which order the images of a set are best taken by training.
public enum SampleOrder: Sendable, Equatable {
  /// Any image may follow any other: every epoch runs through a permutation of its own.
  case uniform
  /// Images lie in shards, one after the other. An epoch takes the shards in a random order, reads each from front to
  /// back, and draws at random from the `buffer` images that were read last and not drawn yet.
  case shards([Range<Int>], buffer: Int)
  /// Images belong to several sets, of which each is drawn from in proportion to its weight.
  ///
  /// An epoch has as many images as the sets together. Each set is run through in its own order, again and again, over
  /// the epochs' ends: none of its images comes twice before all have come.
  case mixture([Part])

  /// A set in a mixture.
  public struct Part: Sendable, Equatable {
    /// Its images among all.
    public let samples: Range<Int>
    /// How often it is drawn from, beside the others.
    public let weight: Double
    /// Its own order, in numbers that begin at 0; no mixture.
    public let order: SampleOrder

    /// Creates a part; `weight` is above 0.
    public init(samples: Range<Int>, weight: Double, order: SampleOrder) {
      if case .mixture = order { preconditionFailure("SampleOrder: a mixture of mixtures") }
      precondition(
        weight > 0 && weight.isFinite && !samples.isEmpty, "SampleOrder: a part without weight or samples")
      self.samples = samples
      self.weight = weight
      self.order = order
    }
  }

  /// Images of the shuffle buffer unless said otherwise.
  public static let defaultBuffer = 1000

  /// The order with another shuffle buffer wherever there is one.
  public func buffered(_ count: Int) -> SampleOrder {
    switch self {
    case .uniform: .uniform
    case .shards(let shards, _): .shards(shards, buffer: count)
    case .mixture(let parts):
      .mixture(parts.map { Part(samples: $0.samples, weight: $0.weight, order: $0.order.buffered(count)) })
    }
  }

  /// The order where each range of images becomes another, of images that take their place.
  func expanded(_ range: (Range<Int>) -> Range<Int>) -> SampleOrder {
    switch self {
    case .uniform: .uniform
    case .shards(let shards, let buffer): .shards(shards.map(range), buffer: buffer)
    case .mixture: preconditionFailure("pages are counted before sets are mixed")
    }
  }

  /// The order of the images `kept`, ascending, when they are numbered anew; what nothing is left of goes.
  func restricted(to kept: ArraySlice<Int32>, from start: Int = 0) -> SampleOrder {
    func places(_ range: Range<Int>) -> Range<Int> {
      func place(_ index: Int) -> Int { kept.firstAbove(Int32(start + index - 1)) - kept.startIndex }
      return place(range.lowerBound)..<place(range.upperBound)
    }
    switch self {
    case .uniform: return .uniform
    case .shards(let shards, let buffer):
      return .shards(shards.map(places).filter { !$0.isEmpty }, buffer: buffer)
    case .mixture(let parts):
      return .mixture(
        parts.compactMap { part in
          let range = places(part.samples)
          guard !range.isEmpty else { return nil }
          let slice = kept[(kept.startIndex + range.lowerBound)..<(kept.startIndex + range.upperBound)]
          return Part(
            samples: range, weight: part.weight,
            order: part.order.restricted(to: slice, from: start + part.samples.lowerBound))
        })
    }
  }
}
