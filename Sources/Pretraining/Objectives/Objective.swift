import Datasets
import Platform
import Tensors
import VisionTransformer

/// A task that an encoder is trained by; a variant is one file and one line in `Objectives.all`.
public protocol Objective: Variant, Sendable {
  /// What a recipe with these options has to hold beside them; by default anything will do.
  static func demands(_ options: Options, of model: VisionTransformerConfiguration) -> RecipeDemands<Options>

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
  public static func demands(
    _ options: Options, of model: VisionTransformerConfiguration
  ) -> RecipeDemands<Options> {
    RecipeDemands(options)
  }

  /// One view of each image, and nothing else.
  public var plan: ObjectivePlan { ObjectivePlan(of: Self.self) }
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
    return try make(trainedType)
  }

  /// What the chosen objective asks of a recipe whose model that is.
  public func demands(of model: VisionTransformerConfiguration) -> ObjectiveDemands {
    func demands<O: Objective>(_: O.Type) -> ObjectiveDemands {
      let demands = O.demands(options(of: O.self), of: model)
      return ObjectiveDemands(
        positions: demands.positions, views: demands.views, needsInitialWeights: demands.needsInitialWeights
      ) { source throws(Failure) in
        replacing(try demands.optionsForImages(source), of: O.self)
      }
    }
    return demands(trainedType)
  }

  /// The type of what is trained: the chosen one, or, where the options say so, that with a distillation beside it.
  private var trainedType: any Objective.Type {
    func trained<O: DistillableObjective>(_: O.Type) -> any Objective.Type {
      options(of: O.self).distillation == nil ? O.self : Distilled<O>.self
    }
    guard let distillable = type as? any DistillableObjective.Type else { return type }
    return trained(distillable)
  }
}
