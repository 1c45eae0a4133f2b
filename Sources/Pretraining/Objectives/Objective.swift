import Datasets
import Platform
import Tensors
import VisionTransformer

/// A task that an encoder is trained by; a variant is one file and one line in `Objectives.all`.
public protocol Objective: Variant, Sendable {
  /// What a recipe may set beside the name.
  associatedtype Options: DefaultedOptions = NoOptions

  /// What a recipe with these options has to hold beside them; by default anything will do.
  static func demands(_ options: Options, of model: ModelRecipe) -> RecipeDemands<Options>

  /// Declares heads and decoders in the encoder's parameter store.
  ///
  /// - Throws: `Failure` when the options do not fit the encoder; `place` says where they came from.
  init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure)

  /// What else there is to know of the task: its views, classes, teacher and the like. Asked once, by who trains.
  var plan: ObjectivePlan { get }

  /// The scalar loss of a micro-batch, a mean over its samples.
  func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor
}

extension Objective {
  /// Anything will do.
  public static func demands(_ options: Options, of model: ModelRecipe) -> RecipeDemands<Options> {
    RecipeDemands(options)
  }

  /// One view of each image, and nothing else.
  public var plan: ObjectivePlan { ObjectivePlan(of: Self.self) }
}

/// The registered objectives.
public enum Objectives {
  /// Every variant.
  public static let all: [any Objective.Type] = [
    MaskedAutoencoder.self,
    SimMIM.self,
    PositionPrediction.self,
    DropPos.self,
    SimCLR.self,
    MoCoV3.self,
    DINO.self,
    Classification.self,
  ]

  /// The objective that a recipe chose, its heads declared beside the encoder.
  ///
  /// - Throws: `Failure` for an unknown name, option or combination.
  public static func make(
    _ choice: Choice, encoder: VisionTransformer, among all: [any Objective.Type] = all, at place: String
  ) throws(Failure) -> any Objective {
    let type = try findVariant(choice.name, among: all, named: { $0.name }, kind: "objective", at: place)
    return try make(type, choice, encoder, place)
  }

  /// Checks the name and the options of a choice before there is an encoder.
  ///
  /// - Throws: `Failure` for an unknown name or option.
  static func check(
    _ choice: Choice, among all: [any Objective.Type], at place: String
  ) throws(Failure) {
    func check<O: Objective>(_: O.Type) throws(Failure) {
      _ = try choice.decodeOptions(O.Options.self, at: place)
    }
    let type = try findVariant(choice.name, among: all, named: { $0.name }, kind: "objective", at: place)
    try check(type)
  }

  /// What a chosen objective asks of a recipe; see `RecipeDemands`.
  public struct Demands {
    /// The kinds of positions that the encoder may have, the usual one first; nil: any.
    public let positions: [Positions]?
    /// The views of each image as published; nil: one, by `data.augmentations`.
    public let views: [ViewRecipe]?
    /// The choice with every option that goes by the images.
    public let choiceForImages: (_ source: any ImageSource) throws(Failure) -> Choice
  }

  /// What the chosen objective asks of a recipe whose model that is.
  ///
  /// - Throws: `Failure` for an unknown name or option.
  public static func demands(
    _ choice: Choice, of model: ModelRecipe, among all: [any Objective.Type] = all, at place: String
  ) throws(Failure) -> Demands {
    func demands<O: Objective>(_: O.Type) throws(Failure) -> Demands {
      let options = try choice.decodeOptions(O.Options.self, at: place)
      let demands = O.demands(options, of: model)
      return Demands(positions: demands.positions, views: demands.views) { source throws(Failure) in
        let found = try demands.optionsForImages(source)
        guard found != options, case .object(let keys) = JSONValue.encoding(found) else { return choice }
        return Choice(choice.name, options: keys)
      }
    }
    let type = try findVariant(choice.name, among: all, named: { $0.name }, kind: "objective", at: place)
    return try demands(type)
  }

  private static func make<O: Objective>(
    _: O.Type, _ choice: Choice, _ encoder: VisionTransformer, _ place: String
  ) throws(Failure) -> any Objective {
    try O(encoder: encoder, options: try choice.decodeOptions(O.Options.self, at: place), at: place)
  }
}
