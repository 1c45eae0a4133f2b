import Platform

/// A change that has no options of its own; `OccasionalAugmentation` makes an augmentation of it.
public protocol ImageChange: Variant, Sendable {
  /// How often it happens unless a recipe says otherwise, 0…1.
  static var usualProbability: Double { get }
  /// The changed image, with what else the change draws.
  static func change(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image
}

/// A change that happens now and then. Draws whether, then what the change draws.
public struct OccasionalAugmentation<Change: ImageChange>: Augmentation {
  /// The name of the change.
  public static var name: String { Change.name }
  /// What the change does.
  public static var summary: String { Change.summary }
  /// Where the change is from.
  public static var source: String { Change.source }
  /// Other names of the change.
  public static var aliases: [String] { Change.aliases }

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// How often, 0…1.
    public var probability = Change.usualProbability
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static var ranges: [String: KeyRange] { ["probability": .share] }
  }

  private let probability: Double

  /// Creates the augmentation.
  public init(options: Options) throws(Failure) {
    try options.check()
    probability = options.probability
  }

  /// Whether this time; one draw.
  func happens(using generator: inout some RandomNumberGenerator) -> Bool { generator.chance(probability) }

  /// The image, changed or not.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    happens(using: &generator) ? Change.change(image, using: &generator) : image
  }
}
