extension VisionTransformerConfiguration {
  /// The architecture as weights files write it: every number, no named size, and what conversions left.
  public struct WeightsCoding: Codable, Sendable {
    /// The architecture.
    public let configuration: VisionTransformerConfiguration

    private static let fields = keys.flatMap(\.inWeights)

    /// Decodes what a weights file says.
    public init(from decoder: any Decoder) throws { configuration = try Self.fields.decode(from: decoder) }

    /// Encodes what a weights file says.
    public func encode(to encoder: any Encoder) throws { try Self.fields.encode(configuration, to: encoder) }

    fileprivate init(_ configuration: VisionTransformerConfiguration) { self.configuration = configuration }
  }

  /// What a weights file says of it.
  public var weightsCoding: WeightsCoding { WeightsCoding(self) }
}
