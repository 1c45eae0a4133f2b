import Platform

/// How an image becomes model input. Stored in weight files, since a model answers well only to images
/// prepared as those it learnt from.
public struct Preprocessing: Sendable, Equatable {
  /// Rows of the model's input.
  public let height: Int
  /// Columns of the model's input.
  public let width: Int
  /// Channels of the model's input.
  public let channels: Int
  /// What the shorter side is resized to for evaluation, before the centre crop to `height`×`width`.
  public let resizeShorterSide: Int
  /// The interpolation kernel of the resize.
  public let filter: ResizeFilter
  /// Subtracted from each channel's values / 255.
  public let mean: [Float]
  /// Divides each channel's values / 255 less the mean.
  public let standardDeviation: [Float]
  /// What floating-point samples range over; nil where none are expected.
  public let range: SampleRange?
  /// Whether DICOM images are shown through the window of their files.
  public let usesWindow: Bool

  /// Means of ImageNet's red, green and blue, of values / 255.
  public static let imageNetMean: [Float] = [0.485, 0.456, 0.406]
  /// Standard deviations of ImageNet's red, green and blue, of values / 255.
  public static let imageNetStandardDeviation: [Float] = [0.229, 0.224, 0.225]

  /// What pixels are normalised by.
  public var normalization: ChannelNormalization {
    ChannelNormalization(mean: mean, standardDeviation: standardDeviation)
  }

  /// Creates a description; by default RGB with ImageNet's statistics, bicubic.
  public init(
    height: Int, width: Int, channels: Int = 3, resizeShorterSide: Int, filter: ResizeFilter = .bicubic,
    mean: [Float] = imageNetMean, standardDeviation: [Float] = imageNetStandardDeviation,
    range: SampleRange? = nil, usesWindow: Bool = false
  ) {
    self.height = height
    self.width = width
    self.channels = channels
    self.resizeShorterSide = resizeShorterSide
    self.filter = filter
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.range = range
    self.usesWindow = usesWindow
    if let problem { preconditionFailure(problem) }
  }

  /// The image as evaluation sees it, `height`×`width`×`channels`: channels converted, resized to cover
  /// (see `EvaluationGeometry`), cropped in the middle; each step skipped when it changes nothing.
  /// Equal to resizing whole and then cropping, but only the pixels in the crop are computed.
  public func evaluationView(of image: Image) -> Image {
    image.converted(toChannels: channels).covering(
      width: width, height: height, resizeShorterSide: resizeShorterSide, filter: filter)
  }

  /// The same for input of another size: all lengths follow the shorter side.
  ///
  /// - Throws: `Failure` when a side would not be a whole number of pixels, or too large.
  public func resized(toShorterSide side: Int) throws(Failure) -> Preprocessing {
    let shorter = min(height, width)
    guard side > 0, side <= 1 << 16, height * side % shorter == 0, width * side % shorter == 0 else {
      throw Failure(
        "input of \(height)×\(width) pixels cannot have a shorter side of \(side)", at: "size",
        mend: "choose a size that keeps both sides whole, up to 65536")
    }
    return Preprocessing(
      height: height * side / shorter, width: width * side / shorter, channels: channels,
      resizeShorterSide: max(side, (resizeShorterSide * side + shorter / 2) / shorter), filter: filter,
      mean: mean, standardDeviation: standardDeviation, range: range, usesWindow: usesWindow)
  }

  /// All of it in a line.
  public var summary: String {
    let size = "\(height)×\(width)×\(channels)"
    let means = mean.map { "\($0)" }.joined(separator: " ")
    let deviations = standardDeviation.map { "\($0)" }.joined(separator: " ")
    let ranges = range.map { ", range \($0)" } ?? (usesWindow ? ", by the window of each file" : "")
    return
      "\(size), shorter side to \(resizeShorterSide) by \(filter), less \(means), by \(deviations)\(ranges)"
  }

  /// Why no model input can be described so, if it cannot.
  private var problem: String? {
    if !(1...Image.maximumChannels).contains(channels) {
      return "channels is \(channels), not 1 to \(Image.maximumChannels)"
    }
    if min(height, width) < 1 || max(height, width) > 1 << 20 {
      return "a model input of \(height)×\(width) pixels; each side must be 1 to \(1 << 20)"
    }
    if resizeShorterSide < min(height, width) || resizeShorterSide > 1 << 20 {
      return "resizeShorterSide is \(resizeShorterSide), not \(min(height, width)) to \(1 << 20)"
    }
    if mean.count != channels || standardDeviation.count != channels {
      return "mean and standardDeviation have \(mean.count) and \(standardDeviation.count) values, "
        + "not one for each of \(channels) channels"
    }
    if !mean.allSatisfy(\.isFinite) || !standardDeviation.allSatisfy({ $0.isFinite && $0 > 0 }) {
      return "mean must be finite and standardDeviation finite and positive"
    }
    return nil
  }
}

extension Image {
  /// The middle of the image at a size that covers `width`×`height` (see `EvaluationGeometry`); itself when nothing is
  /// left to do.
  func covering(width: Int, height: Int, resizeShorterSide: Int, filter: ResizeFilter) -> Image {
    let geometry = EvaluationGeometry(
      imageWidth: self.width, imageHeight: self.height, width: width, height: height,
      resizeShorterSide: resizeShorterSide)
    let whole = CropRectangle(left: 0, top: 0, width: self.width, height: self.height)
    let keepsSize = (geometry.resizedWidth, geometry.resizedHeight) == (self.width, self.height)
    if keepsSize && geometry.crop == whole { return self }
    return resized(
      cropping: whole, width: geometry.resizedWidth, height: geometry.resizedHeight, filter: filter,
      window: geometry.crop, flipped: false)
  }
}

extension ChannelNormalization {
  /// By the statistics of ImageNet's red, green and blue.
  public static let imageNet = ChannelNormalization(
    mean: Preprocessing.imageNetMean, standardDeviation: Preprocessing.imageNetStandardDeviation)
}

extension Preprocessing: Codable {
  private enum CodingKeys: String, CodingKey {
    case height, width, channels, resizeShorterSide, filter, mean, standardDeviation, range, usesWindow
  }

  /// Decodes a description and checks it.
  ///
  /// - Throws: `DecodingError` when a key is missing, or the values cannot describe a model input.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    height = try values.decode(Int.self, forKey: .height)
    width = try values.decode(Int.self, forKey: .width)
    channels = try values.decode(Int.self, forKey: .channels)
    resizeShorterSide = try values.decode(Int.self, forKey: .resizeShorterSide)
    filter = try values.decode(ResizeFilter.self, forKey: .filter)
    mean = try values.decode([Float].self, forKey: .mean)
    standardDeviation = try values.decode([Float].self, forKey: .standardDeviation)
    range = try values.decodeIfPresent(SampleRange.self, forKey: .range)
    usesWindow = try values.decodeIfPresent(Bool.self, forKey: .usesWindow) ?? false
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }

  /// Encodes the description; what is as in most files is left out.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(height, forKey: .height)
    try values.encode(width, forKey: .width)
    try values.encode(channels, forKey: .channels)
    try values.encode(resizeShorterSide, forKey: .resizeShorterSide)
    try values.encode(filter, forKey: .filter)
    try values.encode(mean, forKey: .mean)
    try values.encode(standardDeviation, forKey: .standardDeviation)
    try values.encodeIfPresent(range, forKey: .range)
    if usesWindow { try values.encode(usesWindow, forKey: .usesWindow) }
  }
}
