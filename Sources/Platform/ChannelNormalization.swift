/// (value − mean) / standard deviation of every channel, of values in 0…1.
public struct ChannelNormalization: Sendable, Equatable {
  /// The mean of each channel.
  public let mean: [Float]
  /// The standard deviation of each channel.
  public let standardDeviation: [Float]
  /// Number of channels.
  public var channels: Int { mean.count }

  /// Creates it from one mean and one deviation a channel.
  public init(mean: [Float], standardDeviation: [Float]) {
    precondition(mean.count == standardDeviation.count, "ChannelNormalization: one deviation a mean")
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// That of an image of `count` channels: itself when it has as many, else the average of the channels for each.
  public func adapted(toChannels count: Int) -> ChannelNormalization {
    if count == channels { return self }
    func averaged(_ values: [Float]) -> [Float] {
      [Float](repeating: values.reduce(0, +) / Float(values.count), count: count)
    }
    return ChannelNormalization(mean: averaged(mean), standardDeviation: averaged(standardDeviation))
  }
}
