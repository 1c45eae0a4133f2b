import Datasets
import Platform
import VisionTransformer

/// What an objective asks of the recipe that names it, before there is a model.
public struct RecipeDemands<Options: DefaultedOptions>: Sendable {
  /// The kinds of positions that the encoder may have, the usual one first; nil: any.
  public var positions: [Positions]?
  /// The views of each image as published, for recipes that list none; nil: one, by `data.augmentations`.
  public var views: [ViewRecipe]?
  /// Whether training has to start from given weights.
  public var needsInitialWeights = false
  /// The options with every choice made that goes by the images; throws when there is nothing to learn from them.
  public var optionsForImages: @Sendable (_ source: any ImageSource) throws(Failure) -> Options

  /// Asks for nothing.
  public init(_ options: Options) {
    optionsForImages = { _ throws(Failure) in options }
  }
}

/// What a chosen objective asks of a recipe, whatever its options are.
public struct ObjectiveDemands {
  /// The kinds of positions that the encoder may have, the usual one first; nil: any.
  public let positions: [Positions]?
  /// The views of each image as published; nil: one, by `data.augmentations`.
  public let views: [ViewRecipe]?
  /// Whether training has to start from given weights.
  public let needsInitialWeights: Bool
  /// The choice with every option that goes by the images; throws when there is nothing to learn from them.
  public let selectionForImages: (_ source: any ImageSource) throws(Failure) -> Selection<any Objective.Type>
}
