import Platform

/// A random change of an image on its way into training; a variant is one file and one line in `Augmentations.all`.
/// One that has no options but how often it happens is an `ImageChange`.
///
/// What is drawn comes from the generator alone, so that a view is a function of (seed, epoch, sample, view).
public protocol Augmentation: Variant, Sendable {
  /// Creates the augmentation.
  ///
  /// - Throws: `Failure` when options are out of range, naming the option.
  init(options: Options) throws(Failure)

  /// The changed image. Its size is the context's when it had that size before.
  func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image
}

/// What an augmentation knows beside the image.
public struct AugmentationContext: Sendable, Equatable {
  /// Rows and columns of the model's input.
  public let height, width: Int
  /// What the model's channels are normalised by after the augmentations.
  public let normalization: ChannelNormalization
  /// How much of the training is done, 0…1.
  public let progress: Double

  /// Creates a context.
  public init(
    height: Int, width: Int, normalization: ChannelNormalization = .imageNet, progress: Double = 0
  ) {
    self.height = height
    self.width = width
    self.normalization = normalization
    self.progress = progress
  }
}

/// An augmentation that chooses the part of the image that becomes the view. As the first of a list it is told the
/// image's size before anything is decoded, and only its part is.
public protocol Framing: Augmentation {
  /// The interpolation kernel of the resize.
  var filter: ResizeFilter { get }
  /// The part of an image of `width`×`height` that is resized to the context's size.
  func crop(
    width: Int, height: Int, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> CropRectangle
}

extension Framing {
  /// The part, resized.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    let crop = crop(width: image.width, height: image.height, context, using: &generator)
    return image.resized(cropping: crop, width: context.width, height: context.height, filter: filter)
  }
}

/// The registered augmentations.
public enum Augmentations {
  /// Every variant.
  public static let all = Registry<any Augmentation.Type>(
    "augmentation",
    [
      RandomResizedCrop.self, CenterCrop.self, OccasionalAugmentation<HorizontalFlip>.self,
      OccasionalAugmentation<VerticalFlip>.self, OccasionalAugmentation<Rotation90>.self, ColorJitter.self,
      OccasionalAugmentation<Grayscale>.self, GaussianBlur.self, Solarize.self, GaussianNoisePatches.self,
      LowFrequency.self, RandomErasing.self,
    ]
  ) { $0 }
}

extension Selection<any Augmentation.Type> {
  /// The chosen augmentation.
  ///
  /// - Throws: `Failure` when its options do not fit together.
  public func make() throws(Failure) -> any Augmentation {
    func make<A: Augmentation>(_: A.Type) throws(Failure) -> any Augmentation {
      try located(place) { () throws(Failure) in try A(options: options(of: A.self)) }
    }
    let type: any Augmentation.Type = type
    return try make(type)
  }
}
