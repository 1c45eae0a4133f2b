import Platform

extension Classification {
  /// Where tokens are normed before they are classified.
  public enum HeadNorm: String, Codable, Sendable, CaseIterable {
    /// One vector an image, after pooling: the encoder's own final norm stands aside (He et al., 2021).
    case pooled
    /// Each token, by the encoder's own final norm, before pooling: features as evaluators see them.
    case tokens
  }

  /// What a recipe may set; the defaults are those of MAE's fine-tuning (He et al., 2021).
  public struct Options: DefaultedOptions {
    /// The names of the classes, in the order of the head's outputs; absent: those of the images.
    public var classes: [String]?
    /// Where tokens are normed: `pooled` or `tokens`.
    public var norm = HeadNorm.pooled
    /// s: the share of a label that is spread over all classes.
    public var labelSmoothing = 0.1
    /// α of mixup's Β(α, α); 0: none.
    public var mixup = 0.8
    /// α of cutmix's Β(α, α); 0: none.
    public var cutmix = 1.0
    /// How often a mixed batch is cut, where both are on.
    public var mixupSwitchProbability = 0.5
    /// How often a batch is mixed.
    public var mixupProbability = 1.0
    /// The standard deviation of the weights of the head before training.
    public var headDeviation = 2e-5
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "labelSmoothing": .from(0, below: 1), "mixup": .from(0, to: 1000), "cutmix": .from(0, to: 1000),
      "mixupSwitchProbability": .share, "mixupProbability": .share, "headDeviation": .share,
    ]

    /// Checks the names of the classes.
    public func validate() throws(Failure) {
      guard let classes else { return }
      try requireOption(
        "classes", classes, classes.count > 1 && Set(classes).count == classes.count,
        "list at least two, each once")
    }
  }
}
