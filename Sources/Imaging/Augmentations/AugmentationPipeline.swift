import Platform

/// A list of augmentations that turns an image into one view of the model's size.
public struct AugmentationPipeline: Sendable {
  /// Rows, columns and channels of the view.
  public let height, width, channels: Int
  /// What the view's channels are normalised by afterwards.
  public let normalization: ChannelNormalization
  private let stages: [any Augmentation]

  /// A random resized crop and a random horizontal flip, as in He et al., 2021.
  public static let defaultChoices: [Choice] = ["randomResizedCrop", "horizontalFlip"]

  /// Creates a pipeline from the choices of a recipe, in their order.
  ///
  /// - Parameter normalization: of as many channels as the view; nil means ImageNet's, averaged where the view is not RGB.
  /// - Throws: `Failure` for an unknown name or option.
  public init(
    _ choices: [Choice] = defaultChoices, height: Int, width: Int, channels: Int,
    normalization: ChannelNormalization? = nil
  ) throws(Failure) {
    let normalization = normalization ?? .imageNet.adapted(toChannels: channels)
    precondition(
      normalization.channels == channels,
      "AugmentationPipeline: \(channels) channels, normalisation of \(normalization.channels)")
    var stages: [any Augmentation] = []
    for (index, choice) in choices.enumerated() {
      stages.append(try Augmentations.all.select(choice, at: "[\(index)]").make())
    }
    self.stages = stages
    self.height = height
    self.width = width
    self.channels = channels
    self.normalization = normalization
  }

  /// The view of an image that `generator` draws, `height`×`width`×`channels`.
  ///
  /// Each augmentation draws in its turn. A list that leaves another size than the model's ends in a resize that covers
  /// it and a centre crop.
  ///
  /// - Throws: `Failure` when the image is damaged, or has channels that cannot become the model's.
  public func view(
    of reader: ImageReader, progress: Double = 0, using generator: inout some RandomNumberGenerator
  ) throws(Failure) -> Image {
    try reader.requireChannels(channels)
    let context = AugmentationContext(
      height: height, width: width, normalization: normalization, progress: progress)
    var rest = stages[...]
    var image: Image
    if let framing = rest.first as? any Framing {
      rest.removeFirst()
      let crop = framing.crop(width: reader.width, height: reader.height, context, using: &generator)
      // A flip that follows costs nothing while the crop is resized.
      var flipped = false
      if let flip = rest.first as? OccasionalAugmentation<HorizontalFlip> {
        rest.removeFirst()
        flipped = flip.happens(using: &generator)
      }
      image = try reader.resized(
        cropping: crop, width: width, height: height, filter: framing.filter, flipped: flipped)
    } else {
      image = try reader.image()
    }
    if image.channels > channels { image = image.converted(toChannels: channels) }
    for stage in rest { image = stage.apply(to: image, context, using: &generator) }
    if (image.width, image.height) != (width, height) {
      image = image.covering(
        width: width, height: height, resizeShorterSide: min(width, height), filter: .bicubic)
    }
    // Gray becomes RGB at the end: the same values, a third of the work.
    return image.converted(toChannels: channels)
  }
}
