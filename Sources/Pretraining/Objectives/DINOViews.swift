import Imaging
import Platform
import VisionTransformer

extension DINO {
  /// The published views, and sizes of the head that go by the number of images.
  public static func demands(
    _ options: Options, of model: VisionTransformerConfiguration
  ) -> RecipeDemands<Options> {
    var demands = RecipeDemands(options)
    demands.views = publishedViews(model)
    demands.optionsForImages = { source throws(Failure) in resolved(options, imageCount: source.count) }
    return demands
  }

  /// Two global views, which differ in blur and solarisation, and eight local ones of 3/7 of the side, 96 pixels of 224.
  ///
  /// On images below 96 pixels there are four local views of half the side, and none is cut from less than a fifth of the
  /// image. Sides are whole patches.
  static func publishedViews(_ model: VisionTransformerConfiguration) -> [ViewRecipe] {
    let isSmall = PublishedAugmentations.isSmall(model)
    func view(_ scale: ClosedRange<Double>, blur: Double, solarize: Double = 0) -> [Choice] {
      PublishedAugmentations.view(
        model, scale: scale.lowerBound, to: scale.upperBound, filter: "bicubic",
        jitter: [0.4, 0.4, 0.2, 0.1], blur: blur, solarize: solarize)
    }
    func local(_ side: Int) -> Int {
      let share = isSmall ? 0.5 : 96.0 / 224
      let patches = (Double(side) * share / Double(model.patchSize)).rounded()
      return max(1, Int(patches)) * model.patchSize
    }
    return [
      ViewRecipe(augmentations: view(0.4...1, blur: 1)),
      ViewRecipe(augmentations: view(0.4...1, blur: 0.1, solarize: 0.2)),
      ViewRecipe(
        count: isSmall ? 4 : 8,
        imageSize: ImageSize(height: local(model.imageSize.height), width: local(model.imageSize.width)),
        augmentations: view((isSmall ? 0.2 : 0.05)...0.4, blur: 0.5)),
    ]
  }
}
