import Platform

/// The middle of the image, as large as its shape allows, at the model's size: what is left of the image when its shorter
/// side is resized to cover the view and the rest is cut away on both sides.
///
/// The part is cut before it is resized, in whole pixels, so that nothing else is decoded; evaluation resizes before it
/// cuts, in whole pixels of the view. Draws nothing.
public struct CenterCrop: Framing {
  /// `centerCrop` in recipes.
  public static let name = "centerCrop"
  /// Other names for it.
  public static let aliases = ["centreCrop"]
  /// A line for `vitrail list`.
  public static let summary = "the largest part in the middle, resized to the model's input"
  /// Where it is from.
  public static let source = "torchvision's CenterCrop and Resize"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// The interpolation kernel of the resize.
    public var filter = ResizeFilter.bicubic
    /// The defaults.
    public init() {}
  }

  /// The interpolation kernel of the resize.
  public let filter: ResizeFilter

  /// Creates the augmentation.
  public init(options: Options) throws(Failure) { filter = options.filter }

  /// The largest centred part in the view's shape; its shorter fit is rounded half to even.
  public func crop(
    width: Int, height: Int, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> CropRectangle {
    func fitting(_ side: Int, _ numerator: Int, _ denominator: Int, limit: Int) -> Int {
      let exact = Double(side) * Double(numerator) / Double(denominator)
      return min(limit, max(1, Int(exact.rounded(.toNearestOrEven))))
    }
    let isWide = Double(width) * Double(context.height) >= Double(height) * Double(context.width)
    return .centered(
      width: isWide ? fitting(height, context.width, context.height, limit: width) : width,
      height: isWide ? height : fitting(width, context.height, context.width, limit: height),
      inWidth: width, height: height)
  }
}
