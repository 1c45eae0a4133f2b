/// The size of a set that was evaluated on; nil is what the record does not say.
public struct EvaluatedSet: Decodable, Sendable, Equatable {
  /// How many images.
  public var images: Int?
  /// How many classes.
  public var classes: Int?

  /// Nothing known.
  public init() {}

  private enum Key: CodingKey { case images, classes }

  /// Decodes what there is.
  public init(from decoder: any Decoder) throws {
    let keys = try? decoder.container(keyedBy: Key.self)
    images = try? keys?.decode(Int.self, forKey: .images)
    classes = try? keys?.decode(Int.self, forKey: .classes)
  }
}

/// What scores belong to: an encoder, and the images and classes that it was scored on. Two evaluations with the same
/// identity complete each other; names and places of files do not count.
public struct EvaluationIdentity: Codable, Sendable, Equatable {
  /// A fingerprint of the encoder's configuration, weights and preprocessing.
  public let encoder: String
  /// A fingerprint of both sets: what their files hold, with the classes of each.
  public let data: String

  /// Names an encoder and its sets.
  public init(encoder: String, data: String) {
    self.encoder = encoder
    self.data = data
  }
}

/// How many of the directions that features could fill they do fill: their RankMe (Garrido et al., 2022).
public struct UsedDirections: Codable, Sendable, Equatable {
  /// RankMe, from 1.
  public let used: Double
  /// The most that there could be: the smaller of rows and width.
  public let of: Int

  /// Creates a record.
  public init(used: Double, of: Int) {
    self.used = used
    self.of = of
  }
}

/// How far one classifier is ahead of another on the same test rows, and how sure that is.
public struct Lead: Codable, Sendable, Equatable {
  /// The first one's accuracy less the other's, −1…1.
  public let difference: Double
  /// The standard error of `difference` over test rows.
  public let standardError: Double
  /// The probability of a difference at least as large where neither is better, two-sided.
  public let pValue: Double

  /// Creates a record.
  public init(difference: Double, standardError: Double, pValue: Double) {
    self.difference = difference
    self.standardError = standardError
    self.pValue = pValue
  }
}

/// A picture that belongs to a result.
public struct EvaluationPicture: Codable, Sendable, Equatable {
  /// Where it is, from the run folder.
  public let file: String
  /// What it shows.
  public let caption: String

  /// Names a picture.
  public init(file: String, caption: String) {
    self.file = file
    self.caption = caption
  }
}

/// The numbers of a classifier: an evaluator's own keys. Shares are fractions.
public struct ClassificationRecord: Codable, Sendable, Equatable {
  /// Shares of right answers, and their mean over classes.
  public var top1, top5, balancedAccuracy: Double
  /// The expected calibration error.
  public var calibrationError: Double
  /// The bounds of `top1`, two numbers.
  public var top1Interval: [Double]

  /// Creates a record.
  public init(
    top1: Double, top5: Double, balancedAccuracy: Double, calibrationError: Double, top1Interval: [Double]
  ) {
    (self.top1, self.top5, self.balancedAccuracy) = (top1, top5, balancedAccuracy)
    (self.calibrationError, self.top1Interval) = (calibrationError, top1Interval)
  }
}
