import Datasets
import Platform
import Tensors
import VisionTransformer

/// A task that an encoder is trained by; a variant is one file and one line in `Objectives.all`.
public protocol Objective: Variant, Sendable {
  /// Declares heads and decoders in the encoder's parameter store.
  ///
  /// - Throws: `Failure` when the options do not fit the encoder; `place` says where they came from.
  init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure)

  /// The scalar loss of a micro-batch, a mean over its samples.
  func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor

  /// The options with every choice made that goes by the images; by default they stay as they are.
  ///
  /// - Throws: `Failure` when there is nothing to learn from them.
  static func resolved(
    _ options: Options, for source: any ImageSource, at place: String
  ) throws(Failure) -> Options

  /// What must tell the encoder where a patch is; nil, the default: anything may.
  static var requiredPositions: Positions? { get }

  /// The views of each image as published, for recipes that list none; nil, the default: one, by `data.augmentations`.
  static func publishedViews(_ options: Options, _ model: ModelRecipe) -> [ViewRecipe]?

  /// Checks that the views of a recipe are those that the loss compares; by default one, of the encoder's size.
  ///
  /// - Throws: `Failure` that says how many of which size are wanted.
  func check(views: [PatchGrid], at place: String) throws(Failure)

  /// Checks that a batch of that many images is one that the loss can learn from; by default any is.
  ///
  /// - Throws: `Failure` that says how many are wanted.
  func check(batchSize: Int, at place: String) throws(Failure)

  /// The classes that a supervised loss tells apart: the labels of its batches are places in this list. Nil, the default,
  /// where the loss asks no labels.
  var classNames: [String]? { get }

  /// The samples of a step as the loss sees them; by default as they are. What is drawn for it belongs to the seed and
  /// the step, or to a sample: lanes and passes take parts of the result.
  func prepared(_ batch: any StepSamples, _ progress: TrainingProgress) -> any StepSamples

  /// Weights that follow the trained ones, if the loss asks them; nil by default.
  ///
  /// A loss whose teacher gives probabilities shows them, [rows, K], to the tape as `teacher.probabilities`: looks at the
  /// run log their entropy.
  var teacher: Teacher? { get }

  /// The loss of an answer that needs no look at the images of a batch, the whole of a step's; nil, the default, where
  /// none is known. `TrivialLoss.guessing` is that of a choice.
  func trivialLoss(for samples: MicroBatch, batchSize: Int) -> TrivialLoss?

  /// What the model file holds of a parameter of the encoder: by default its value.
  func exported(_ parameter: Parameter) -> Tensor
}

extension Objective {
  /// The options as they are.
  public static func resolved(
    _ options: Options, for source: any ImageSource, at place: String
  ) throws(Failure) -> Options { options }
  /// Anything may tell the encoder where a patch is.
  public static var requiredPositions: Positions? { nil }
  /// One view, by `data.augmentations`.
  public static func publishedViews(_ options: Options, _ model: ModelRecipe) -> [ViewRecipe]? { nil }
  /// Any batch will do.
  public func check(batchSize: Int, at place: String) throws(Failure) {}
  /// No labels are asked.
  public var classNames: [String]? { nil }
  /// The samples as they are.
  public func prepared(_ batch: any StepSamples, _ progress: TrainingProgress) -> any StepSamples { batch }
  /// No teacher.
  public var teacher: Teacher? { nil }
  /// None is known.
  public func trivialLoss(for samples: MicroBatch, batchSize: Int) -> TrivialLoss? { nil }
  /// The trained value.
  public func exported(_ parameter: Parameter) -> Tensor { parameter.value }

  /// One view of the encoder's size.
  public func check(views: [PatchGrid], at place: String) throws(Failure) {
    guard views.count == 1 else {
      throw Failure(
        "\(views.count) views of each image, where \(Self.name) takes one", at: place,
        mend: "leave out data.views, or list one")
    }
  }
}

/// The registered objectives.
public enum Objectives {
  /// Every variant.
  public static let all = Registry<any Objective.Type>(
    "objective",
    [
      MaskedAutoencoder.self,
      SimMIM.self,
      PositionPrediction.self,
      DropPos.self,
      SimCLR.self,
      MoCoV3.self,
      DINO.self,
      Classification.self,
    ]
  ) { $0 }
}

extension Selection<any Objective.Type> {
  /// The chosen objective, its heads declared beside the encoder.
  ///
  /// - Throws: `Failure` for a combination that is none.
  public func make(_ encoder: VisionTransformer) throws(Failure) -> any Objective {
    func make<O: Objective>(_: O.Type) throws(Failure) -> any Objective {
      try O(encoder: encoder, options: options(of: O.self), at: place)
    }
    let type: any Objective.Type = type
    return try make(type)
  }

  /// The choice of a run on some images, with every choice made that goes by them.
  ///
  /// - Throws: `Failure` for images that the objective cannot learn from.
  func resolved(for source: any ImageSource) throws(Failure) -> Selection {
    func resolved<O: Objective>(_: O.Type) throws(Failure) -> Selection {
      replacing(try O.resolved(options(of: O.self), for: source, at: place), of: O.self)
    }
    let type: any Objective.Type = type
    return try resolved(type)
  }

  /// The views that the chosen objective is published with; nil: one, by `data.augmentations`.
  public func publishedViews(_ model: ModelRecipe) -> [ViewRecipe]? {
    func views<O: Objective>(_: O.Type) -> [ViewRecipe]? { O.publishedViews(options(of: O.self), model) }
    let type: any Objective.Type = type
    return views(type)
  }
}
